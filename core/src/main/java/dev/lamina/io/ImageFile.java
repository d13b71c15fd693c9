package dev.lamina.io;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PNG, JPEG and lossy WebP images as uint8 tensors {@code [C, H, W]}. Stateless and thread-safe. */
public final class ImageFile {
    /** Pixels that {@link #read(Path)} allows; a header that claims more is refused before anything is decoded. */
    public static final long MAX_PIXELS = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ImageFile.class);
    /** Bytes of the widest pixel, 16-bit RGBA, and room for a file's other contents. */
    private static final long PIXEL_BYTES = 8;
    private static final long OTHER_BYTES = 64L << 20;
    /**
     * A JPEG block of 8 x 8 samples takes at least one bit. The strongest subsampling, two components with factors 4 x 1 and 1 x 4, has
     * eight blocks for 32 x 32 pixels.
     */
    private static final long MOST_PIXELS_A_BYTE = 1024;

    private ImageFile() { }

    /**
     * Decodes an image: one channel for grey sources, else three (RGB); transparency is laid on white, 16 bits are rounded to 8, palettes
     * are looked up, colour profiles and EXIF orientation are left aside.
     *
     * @return uint8 {@code [1, H, W]} or {@code [3, H, W]}
     * @throws CorruptFileException if the file is no PNG, JPEG or lossy WebP image, is damaged or truncated, or has more than
     *         {@link #MAX_PIXELS}
     * @throws IOException if it cannot be read
     */
    public static Tensor read(Path file) throws IOException {
        return read(file, MAX_PIXELS);
    }

    /**
     * {@link #read(Path)} with another limit of pixels.
     *
     * @throws IllegalArgumentException if {@code maxPixels} is not in 1 .. {@link #MAX_PIXELS}
     */
    public static Tensor read(Path file, long maxPixels) throws IOException {
        requireLimit(maxPixels);
        long limit = PIXEL_BYTES * maxPixels + OTHER_BYTES;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) limit);
            if (bytes.length == limit) {
                throw new CorruptFileException(file, "has " + limit + " bytes or more, larger than any image of the pixels allowed.");
            }
            return decode(String.valueOf(file.getFileName()), bytes, maxPixels).tensor();
        }
    }

    /**
     * {@link #read(Path, long)} of a file that is in memory already.
     *
     * @param name of the image, for messages
     * @throws IllegalArgumentException if {@code maxPixels} is not in 1 .. {@link #MAX_PIXELS}
     */
    public static Image decode(String name, byte[] bytes, long maxPixels) throws CorruptFileException {
        requireLimit(maxPixels);
        ImageHeader.Format format = ImageHeader.format(bytes);
        if (format == null) {
            ImageHeader.parse(name, bytes);
        }
        return switch (format) {
            case PNG -> {
                PngHeader header = PngHeader.parse(name, bytes);
                yield Pixels.planes(decode(name, bytes, "png", maxPixels), header.isGrey());
            }
            case JPEG -> {
                requireJpegEnd(name, bytes);
                BufferedImage image = decode(name, bytes, "jpeg", Math.min(maxPixels, MOST_PIXELS_A_BYTE * bytes.length));
                yield Pixels.planes(image, image.getRaster().getNumBands() == 1);
            }
            case WEBP -> {
                byte[] simple = WebpFrame.simple(name, bytes);
                yield Pixels.planes(decode(name, simple, "webp", Math.min(maxPixels, MOST_PIXELS_A_BYTE * simple.length)), false);
            }
        };
    }

    private static void requireLimit(long maxPixels) {
        if (maxPixels < 1 || maxPixels > MAX_PIXELS) {
            throw new IllegalArgumentException("image: maxPixels = " + maxPixels + ", needs 1 to " + MAX_PIXELS + ".");
        }
    }

    private static BufferedImage decode(String name, byte[] bytes, String format, long maxPixels) throws CorruptFileException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        if (!readers.hasNext()) {
            throw new CorruptFileException(name + ": is a " + format + " image, for which this Java has no reader. "
                    + "Add com.twelvemonkeys.imageio:imageio-" + format + " to the class path, or convert it.");
        }
        ImageReader reader = readers.next();
        List<String> warnings = new ArrayList<>();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if ((long) width * height > maxPixels) {
                throw new CorruptFileException(name + ": is " + width + " x " + height + ", at most " + maxPixels
                        + " pixels are read from its " + bytes.length + " bytes. The image is too large, or the file is truncated.");
            }
            BufferedImage image = reader.read(0);
            requireComplete(name, warnings);
            return image;
        } catch (CorruptFileException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            String hint = "Unsupported Image Type".equals(e.getMessage()) ? " Is it CMYK? Convert it to RGB." : "";
            throw new CorruptFileException(name + ": cannot be decoded: " + InputFiles.reason(e) + "." + hint, e);
        } finally {
            reader.dispose();
        }
    }

    /** The JPEG decoder fills what is missing with grey and merely warns. */
    private static void requireComplete(String name, List<String> warnings) throws CorruptFileException {
        for (String warning : warnings) {
            if (warning.contains("premature end of data segment")) {
                throw new CorruptFileException(name + ": lacks a part of its image data. The file is damaged; copy it again.");
            }
            LOG.warn("{}: {}", name, InputFiles.brief(warning));
        }
    }

    /** A start of scan (FF DA) must be followed by an end of image (FF D9); image data cannot hold these bytes. */
    private static void requireJpegEnd(String name, byte[] bytes) throws CorruptFileException {
        for (int i = bytes.length - 2; i >= 0; i--) {
            if (bytes[i] == (byte) 0xff && bytes[i + 1] == (byte) 0xd9) {
                return;
            }
            if (bytes[i] == (byte) 0xff && bytes[i + 1] == (byte) 0xda) {
                break;
            }
        }
        throw new CorruptFileException(name + ": ends at byte " + bytes.length
                + " without an end marker. The file is truncated; copy it again.");
    }

    /**
     * Writes a PNG atomically.
     *
     * @param image uint8 {@code [1, H, W]} (grey) or {@code [3, H, W]} (RGB)
     * @throws IllegalArgumentException if the image is none of these
     * @throws IOException if the file cannot be written; an older file is then unchanged
     */
    public static void writePng(Path file, Tensor image) throws IOException {
        requireImage(image, 1, 3);
        BufferedImage pixels = Pixels.toImage(image);
        AtomicFiles.write(file, stream -> {
            try (ImageOutputStream out = new MemoryCacheImageOutputStream(stream)) {
                if (!ImageIO.write(pixels, "png", out)) {
                    throw new IOException("image: this Java runtime has no PNG writer.");
                }
            }
        });
    }

    /**
     * One channel by the weights 0.299, 0.587, 0.114 (ITU-R BT.601).
     *
     * @param image uint8 {@code [3, H, W]}, or {@code [1, H, W]}, which is returned as it is
     * @return uint8 {@code [1, H, W]}
     * @throws IllegalArgumentException if the image is none of these
     */
    public static Tensor toGrey(Tensor image) {
        requireImage(image, 1, 3);
        return image.shape().dim(0) == 1 ? image : Pixels.toGrey(Image.of(image)).tensor();
    }

    /**
     * Resizes by area-weighted triangles: bilinear when growing, antialiased when shrinking, pixel centres at halves, as in Pillow's
     * {@code BILINEAR}.
     *
     * @param image uint8 {@code [C, H, W]}
     * @return uint8 {@code [C, height, width]}
     * @throws IllegalArgumentException if the image is another, or the size not positive or above {@link #MAX_PIXELS}
     */
    public static Tensor resize(Tensor image, int height, int width) {
        requireImage(image, 1, Integer.MAX_VALUE);
        if (height < 1 || width < 1 || (long) height * width > MAX_PIXELS) {
            throw new IllegalArgumentException(
                    "image: size " + height + " x " + width + ", needs at least 1 x 1 and at most " + MAX_PIXELS + " pixels.");
        }
        Image whole = Image.of(image);
        return Resampling.resize(whole, 0, 0, whole.height(), whole.width(), height, width).tensor();
    }

    private static void requireImage(Tensor image, int fewest, int most) {
        Shape shape = image.shape();
        boolean channels = shape.rank() == 3 && (most == 3 ? shape.dim(0) == fewest || shape.dim(0) == most : shape.dim(0) >= fewest);
        if (image.dtype() != DType.UINT8 || !channels || shape.elements() == 0 || shape.dim(1) * shape.dim(2) > MAX_PIXELS) {
            throw new IllegalArgumentException("image: " + image.dtype() + " " + shape + ", needs uint8 "
                    + (most == 3 ? "[1, H, W] or [3, H, W]" : "[C, H, W]") + " of 1 to " + MAX_PIXELS + " pixels.");
        }
    }
}
