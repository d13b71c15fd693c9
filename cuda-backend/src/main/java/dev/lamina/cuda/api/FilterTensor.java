package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import java.util.Locale;

/**
 * Type and extents of dense convolution filters in device memory.
 *
 * @param type element type
 * @param k filters
 * @param c channels that each filter sees
 * @param r rows of taps
 * @param s columns of taps
 * @param channelsLast whether filters lie as {@code [K, R, S, C]} instead of {@code [K, C, R, S]}
 */
public record FilterTensor(DType type, int k, int c, int r, int s, boolean channelsLast) {

    /** Checks the extents. */
    public FilterTensor {
        if (k < 1 || c < 1 || r < 1 || s < 1) {
            throw new IllegalArgumentException("filters of %d x %d x %d x %d: cuDNN takes no empty tensors.".formatted(k, c, r, s));
        }
    }

    /** Bytes of all filters. */
    public long bytes() {
        return (long) k * c * r * s * type.bytes();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s[%d,%d,%d,%d]%s", type, k, c, r, s, channelsLast ? "/channelsLast" : "");
    }
}
