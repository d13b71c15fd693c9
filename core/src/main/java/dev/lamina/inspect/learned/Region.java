package dev.lamina.inspect.learned;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;

/**
 * A part of an image, which may lie outside in part. Immutable.
 *
 * @param top first row, maybe negative
 * @param left first column, maybe negative
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
public record Region(int top, int left, int height, int width) {
    private static final byte MID_GREY = (byte) 128;

    /**
     * Cuts the region out; what lies outside is mid-grey, 128.
     *
     * @param image uint8 {@code [C, H, W]}
     * @return uint8 {@code [C, height, width]}
     */
    public Tensor cut(Tensor image) {
        Shape shape = image.shape();
        int h = Math.toIntExact(shape.dim(1));
        int w = Math.toIntExact(shape.dim(2));
        long[] pixels = image.toLongs();
        int channels = Math.toIntExact(shape.dim(0));
        byte[] out = new byte[channels * height * width];
        Arrays.fill(out, MID_GREY);
        for (int i = 0; i < out.length; i++) {
            int y = top + i / width % height;
            int x = left + i % width;
            if (y >= 0 && y < h && x >= 0 && x < w) {
                out[i] = (byte) pixels[(i / (width * height) * h + y) * w + x];
            }
        }
        return Tensor.ofBytes(out, channels, height, width);
    }
}
