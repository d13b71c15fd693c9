package dev.lamina.io;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** PNG and JPEG images as uint8 tensors {@code [C, H, W]}. Stateless and thread-safe. */
public final class ImageFile {
    /** Pixels an image may have at most; a header that claims more is refused before anything is decoded. */
    public static final long MAX_PIXELS = 64L << 20;

    private ImageFile() { }

    /**
     * Decodes an image: one channel for grey sources, else three (RGB); transparency is laid on white.
     *
     * @throws CorruptFileException if the file is no readable image or too large
     */
    public static Tensor read(Path file) throws IOException {
        ImageIO.setUseCache(false);
        try (ImageInputStream in = new MemoryCacheImageInputStream(Files.newInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new CorruptFileException(file, "is neither a PNG nor a JPEG image.");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MAX_PIXELS) {
                    throw new CorruptFileException(file, "is " + reader.getWidth(0) + " x " + reader.getHeight(0) + ", at most "
                            + MAX_PIXELS + " pixels are read.");
                }
                return toTensor(reader.read(0));
            } finally {
                reader.dispose();
            }
        } catch (CorruptFileException | java.nio.file.NoSuchFileException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new CorruptFileException(file, "cannot be decoded: " + e.getMessage() + ".", e);
        }
    }

    private static Tensor toTensor(BufferedImage image) {
        int h = image.getHeight();
        int w = image.getWidth();
        boolean grey = image.getColorModel().getNumColorComponents() == 1;
        BufferedImage flat = image;
        if (grey && image.getType() == BufferedImage.TYPE_BYTE_GRAY) {
            byte[] bytes = new byte[h * w];
            image.getRaster().getDataElements(0, 0, w, h, bytes);
            return Tensor.ofBytes(bytes, 1, h, w);
        }
        if (image.getColorModel().hasAlpha()) {
            flat = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = flat.createGraphics();
            graphics.drawImage(image, 0, 0, Color.WHITE, null);
            graphics.dispose();
        }
        int[] rgb = flat.getRGB(0, 0, w, h, null, 0, w);
        int channels = grey ? 1 : 3;
        byte[] bytes = new byte[channels * h * w];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < rgb.length; i++) {
                bytes[c * rgb.length + i] = (byte) (rgb[i] >> 16 - 8 * c);
            }
        }
        return Tensor.ofBytes(bytes, channels, h, w);
    }

    /**
     * Writes a PNG atomically.
     *
     * @param image uint8 {@code [1, H, W]} (grey) or {@code [3, H, W]} (RGB)
     */
    public static void writePng(Path file, Tensor image) throws IOException {
        Shape shape = image.shape();
        if (shape.rank() != 3 || shape.dim(0) != 1 && shape.dim(0) != 3 || shape.elements() == 0) {
            throw new IllegalArgumentException("image: shape " + shape + ", needs [1, H, W] or [3, H, W].");
        }
        int h = (int) shape.dim(1);
        int w = (int) shape.dim(2);
        boolean grey = shape.dim(0) == 1;
        BufferedImage out = new BufferedImage(w, h, grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                if (grey) {
                    out.getRaster().setSample(x, y, 0, (int) image.getLong(0, y, x));
                } else {
                    out.setRGB(x, y, (int) (image.getLong(0, y, x) << 16 | image.getLong(1, y, x) << 8 | image.getLong(2, y, x)));
                }
            }
        }
        AtomicFiles.write(file, stream -> ImageIO.write(out, "png", stream));
    }

    /** One channel {@code [1, H, W]} by the weights 0.299, 0.587, 0.114 (ITU-R BT.601); a grey image is returned as it is. */
    public static Tensor toGrey(Tensor image) {
        if (image.shape().dim(0) == 1) {
            return image;
        }
        int h = (int) image.shape().dim(1);
        int w = (int) image.shape().dim(2);
        byte[] grey = new byte[h * w];
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                grey[y * w + x] = (byte) Math.round(
                        0.299 * image.get(0, y, x) + 0.587 * image.get(1, y, x) + 0.114 * image.get(2, y, x));
            }
        }
        return Tensor.ofBytes(grey, 1, h, w);
    }

    /** Resizes uint8 {@code [C, H, W]} by area-weighted triangles: bilinear when growing, antialiased when shrinking. */
    public static Tensor resize(Tensor image, int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("image: size " + height + " x " + width + ", needs at least 1 x 1.");
        }
        int channels = (int) image.shape().dim(0);
        int h = (int) image.shape().dim(1);
        int w = (int) image.shape().dim(2);
        double[][] rows = weights(h, height);
        double[][] columns = weights(w, width);
        byte[] out = new byte[channels * height * width];
        double[] narrow = new double[h * width];
        for (int c = 0; c < channels; c++) {
            double[] plane = image.select(0, c).toDoubles();
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < width; x++) {
                    narrow[y * width + x] = weighted(plane, y * w, 1, columns[x]);
                }
            }
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    long value = Math.round(weighted(narrow, x, width, rows[y]));
                    out[(c * height + y) * width + x] = (byte) Math.clamp(value, 0, 255);
                }
            }
        }
        return Tensor.ofBytes(out, channels, height, width);
    }

    private static double weighted(double[] values, int start, int stride, double[] weights) {
        int first = (int) weights[0];
        double sum = 0;
        for (int i = 1; i < weights.length; i++) {
            sum += weights[i] * values[start + (first + i - 1) * stride];
        }
        return sum;
    }

    /** For each output position the first input position followed by the weights from there. */
    private static double[][] weights(int from, int to) {
        double scale = (double) from / to;
        double radius = Math.max(1, scale);
        double[][] all = new double[to][];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale - 0.5;
            int first = Math.max(0, (int) Math.ceil(centre - radius));
            int last = Math.min(from - 1, (int) Math.floor(centre + radius));
            double[] weights = new double[last - first + 2];
            weights[0] = first;
            double sum = 0;
            for (int j = first; j <= last; j++) {
                weights[j - first + 1] = Math.max(0, 1 - Math.abs(j - centre) / radius);
                sum += weights[j - first + 1];
            }
            for (int k = 1; k < weights.length; k++) {
                weights[k] /= sum;
            }
            all[i] = weights;
        }
        return all;
    }
}
