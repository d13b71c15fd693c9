package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import java.util.Locale;

/**
 * Type, extents and strides (in elements) of images {@code [N, C, H, W]} in device memory, as cuDNN sees them.
 *
 * @param type element type
 * @param n images
 * @param c channels
 * @param h rows
 * @param w columns
 * @param strideN distance of images
 * @param strideC distance of channels
 * @param strideH distance of rows
 * @param strideW distance of columns
 */
public record ImageTensor(DType type, int n, int c, int h, int w, int strideN, int strideC, int strideH, int strideW) {

    /** Checks the extents. */
    public ImageTensor {
        if (n < 1 || c < 1 || h < 1 || w < 1) {
            throw new IllegalArgumentException("images of %d x %d x %d x %d: cuDNN takes no empty tensors.".formatted(n, c, h, w));
        }
    }

    /**
     * Row-major images.
     *
     * @throws ArithmeticException if there are 2^31 elements or more, which cuDNN's strides cannot tell
     */
    public static ImageTensor channelsFirst(DType type, long n, long c, long h, long w) {
        int map = Math.toIntExact(h * w);
        Math.toIntExact(Math.multiplyExact(Math.multiplyExact(n, c), map));
        return new ImageTensor(type, (int) n, (int) c, (int) h, (int) w, (int) (c * map), map, (int) w, 1);
    }

    /**
     * Images whose channels are neighbours.
     *
     * @throws ArithmeticException if there are 2^31 elements or more, which cuDNN's strides cannot tell
     */
    public static ImageTensor channelsLast(DType type, long n, long c, long h, long w) {
        int row = Math.toIntExact(Math.multiplyExact(w, c));
        Math.toIntExact(Math.multiplyExact(Math.multiplyExact(n, h), row));
        return new ImageTensor(type, (int) n, (int) c, (int) h, (int) w, (int) (h * row), 1, row, (int) c);
    }

    /** One number a channel, {@code [1, C, 1, 1]}. */
    public static ImageTensor channels(DType type, long c) {
        return channelsFirst(type, 1, c, 1, 1);
    }

    /** Number of elements. */
    public long elements() {
        return (long) n * c * h * w;
    }

    /** Bytes from the first element to the end of the last. */
    public long bytes() {
        long last = (n - 1L) * strideN + (c - 1L) * strideC + (h - 1L) * strideH + (w - 1L) * strideW;
        return (last + 1) * type.bytes();
    }

    /** True if channels are neighbours and there are several. */
    public boolean isChannelsLast() {
        return strideC == 1 && c > 1;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s[%d,%d,%d,%d]/%d,%d,%d,%d", type, n, c, h, w, strideN, strideC, strideH, strideW);
    }
}
