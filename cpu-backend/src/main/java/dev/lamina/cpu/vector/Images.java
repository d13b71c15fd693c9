package dev.lamina.cpu.vector;

import dev.lamina.graph.GraphException;

/**
 * Images of float32 or int32 elements in memory: logical extents {@code [N, C, H, W]} and the order of the elements. A tensor
 * {@code [N, C]} is images of 1 x 1 in {@link Order#CHANNELS_LAST}.
 *
 * <p>The blocked orders pad the channels to a multiple of the block. The padding lanes of float data hold zeros: kernels rely on it and
 * write zeros there. Those of winners hold any number.
 *
 * @param n images, at least 0
 * @param c channels, at least 1
 * @param h rows of a map, at least 0
 * @param w columns of a map, at least 0
 * @param order the order in memory
 */
public record Images(long n, long c, long h, long w, Order order) {
    private static final int ELEMENT = Float.BYTES;

    /** Orders of elements in memory, the slowest axis first. */
    public enum Order {
        /** {@code [N][C][H][W]}. */
        PLAIN,
        /** {@code [N][H][W][C]}. */
        CHANNELS_LAST,
        /** {@code [N][C / 8][H][W][8]}. */
        BLOCKED_8,
        /** {@code [N][C / 16][H][W][16]}. */
        BLOCKED_16
    }

    /** Checks the extents. */
    public Images {
        if (n < 0 || c < 1 || h < 0 || w < 0) {
            throw new GraphException("images [%d, %d, %d, %d]: extents need N >= 0, C >= 1, H >= 0 and W >= 0.".formatted(n, c, h, w));
        }
        if (Math.multiplyExact(h, w) > Integer.MAX_VALUE) {
            throw new GraphException("images [%d, %d, %d, %d]: a map of %d x %d has more than 2^31 - 1 places; winners are int32."
                    .formatted(n, c, h, w, h, w));
        }
    }

    /** Channels that lie together at one place of a map: 1, C or the block. */
    public long inner() {
        return switch (order) {
            case PLAIN -> 1;
            case CHANNELS_LAST -> c;
            case BLOCKED_8 -> 8;
            case BLOCKED_16 -> 16;
        };
    }

    /** Maps of {@link #inner} channels in an image. */
    public long groups() {
        return Math.ceilDiv(c, inner());
    }

    /** Elements in memory, with the padding of channels. */
    public long elements() {
        return Math.multiplyExact(Math.multiplyExact(n, groups() * inner()), h * w);
    }

    /** Bytes in memory, with the padding of channels. */
    public long bytes() {
        return Math.multiplyExact(elements(), ELEMENT);
    }

    /** Where an element lies, in elements from the first. */
    public long at(long image, long channel, long row, long column) {
        long inner = inner();
        return (((image * groups() + channel / inner) * h + row) * w + column) * inner + channel % inner;
    }

    /** Checks that maps and their pooled maps have the same images, channels and order. */
    void requirePooled(Images out) {
        if (n != out.n || c != out.c || order != out.order) {
            throw new GraphException("pooling: maps %s and pooled maps %s need the same images, channels and order.".formatted(this, out));
        }
    }

    /** These images with maps of other extents. */
    public Images withMap(long rows, long columns) {
        return new Images(n, c, rows, columns, order);
    }
}
