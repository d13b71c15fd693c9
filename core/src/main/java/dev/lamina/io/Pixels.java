package dev.lamina.io;

import dev.lamina.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** Conversion between the JDK's images and uint8 tensors {@code [C, H, W]}. */
final class Pixels {
    private Pixels() { }

    /** The stored values in one (grey) or three planes, transparency laid on white. */
    static Image planes(BufferedImage image, boolean grey) {
        int h = image.getHeight();
        int w = image.getWidth();
        byte[] bytes = new byte[Math.multiplyExact(grey ? 1 : 3, h * w)];
        if (!grey && image.getType() == BufferedImage.TYPE_3BYTE_BGR && image.getRaster().getDataBuffer() instanceof DataBufferByte data
                && data.getNumBanks() == 1 && data.getData().length == 3 * h * w) {
            byte[] triples = data.getData();
            for (int i = 0; i < h * w; i++) {
                bytes[i] = triples[3 * i + 2];
                bytes[h * w + i] = triples[3 * i + 1];
                bytes[2 * h * w + i] = triples[3 * i];
            }
            return new Image(3, h, w, bytes);
        }
        if (grey && !(image.getColorModel() instanceof IndexColorModel)) {
            grey(image.getRaster(), image.getColorModel().getComponentSize(0), bytes);
            return new Image(1, h, w, bytes);
        }
        int[] row = new int[w];
        for (int y = 0; y < h; y++) {
            image.getRGB(0, y, w, 1, row, 0, w);
            for (int x = 0; x < w; x++) {
                int alpha = row[x] >>> 24;
                for (int c = 0; c < (grey ? 1 : 3); c++) {
                    bytes[(c * h + y) * w + x] = onWhite(row[x] >> 16 - 8 * c & 0xff, alpha);
                }
            }
        }
        return new Image(grey ? 1 : 3, h, w, bytes);
    }

    /** The stored samples: through the JDK's colours, grey would be taken for linear light and brightened. */
    private static void grey(Raster raster, int bits, byte[] bytes) {
        int w = raster.getWidth();
        int[] values = new int[w];
        int[] alphas = new int[w];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(0, y, w, 1, 0, values);
            if (raster.getNumBands() > 1) {
                raster.getSamples(0, y, w, 1, 1, alphas);
            }
            for (int x = 0; x < w; x++) {
                bytes[y * w + x] = onWhite(to8Bits(values[x], bits), raster.getNumBands() > 1 ? to8Bits(alphas[x], bits) : 255);
            }
        }
    }

    private static int to8Bits(int sample, int bits) {
        int most = (1 << bits) - 1;
        return bits == 8 ? sample : (sample * 255 + most / 2) / most;
    }

    private static byte onWhite(int value, int alpha) {
        return (byte) ((value * alpha + 255 * (255 - alpha) + 127) / 255);
    }

    static BufferedImage toImage(Tensor image) {
        boolean grey = image.shape().dim(0) == 1;
        int h = (int) image.shape().dim(1);
        int w = (int) image.shape().dim(2);
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
        return out;
    }

    /** BT.601 luma of three planes. */
    static Image toGrey(Image image) {
        byte[] in = image.pixels();
        byte[] grey = new byte[image.height() * image.width()];
        for (int i = 0; i < grey.length; i++) {
            grey[i] = (byte) Math.round(0.299 * (in[i] & 0xff) + 0.587 * (in[grey.length + i] & 0xff)
                    + 0.114 * (in[2 * grey.length + i] & 0xff));
        }
        return new Image(1, image.height(), image.width(), grey);
    }
}
