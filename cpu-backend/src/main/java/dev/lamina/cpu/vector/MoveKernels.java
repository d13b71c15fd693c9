package dev.lamina.cpu.vector;

import dev.lamina.tensor.DType;

/** Makes kernels that move elements of 1, 2, 4 or 8 bytes without looking at them, and the gradient of a gather. */
public final class MoveKernels {
    private MoveKernels() { }

    /**
     * A kernel that copies between strided arrays: transposition, slice, reversal, stretching (source strides of 0), the inside of a pad,
     * a part of a concatenation. The two must not overlap, and no place may be written twice.
     *
     * @param size bytes of an element
     * @param dims extents
     * @param fromStart elements from the pointer to element 0; likewise {@code toStart}
     * @param fromStrides distances in elements, any sign or 0
     * @param toStrides distances in elements, any sign
     * @throws IllegalArgumentException if lengths or the size are wrong
     */
    public static Kernel copy(Team team, int size, long[] dims, Pointer from, long fromStart, long[] fromStrides, Pointer to, long toStart,
            long[] toStrides) {
        check(size);
        return new StridedCopy(team, size, dims, from, fromStart, fromStrides, to, toStart, toStrides);
    }

    /** A kernel that copies n elements. */
    public static Kernel copy(Team team, int size, long n, Pointer from, Pointer to) {
        return copy(team, size, new long[] {n}, from, 0, new long[] {1}, to, 0, new long[] {1});
    }

    /** A kernel that writes a value of a type n times, rounded as {@link DType#round} does. */
    public static Kernel fill(Team team, DType dtype, double value, long n, Pointer to) {
        return new FillKernel(team, dtype, value, n, to);
    }

    /**
     * The operands of a gather of x {@code [outer, extent, inner]} at {@code count} indices: y is {@code [outer, count, inner]}.
     *
     * @param node the node as errors name it, {@code op "name"}
     * @param indexType int32 or int64; negative indices count from the end
     */
    public record Selection(String node, long outer, long extent, long inner, Pointer indices, DType indexType, long count) {
        /** Checks the indices' type. */
        public Selection {
            if (indexType != DType.INT64 && indexType != DType.INT32) {
                throw new IllegalArgumentException(node + ": indices are " + indexType + ", need int32 or int64.");
            }
        }
    }

    /** A kernel that gathers. A run throws {@link IllegalArgumentException} for an index outside the axis. */
    public static Kernel gather(Team team, int size, Selection selection, Pointer x, Pointer y) {
        check(size);
        return new GatherKernel(team, size, selection, x, y);
    }

    /**
     * A kernel that sums the rows of float32 {@code gradient [outer, count, inner]} into zeros {@code [outer, extent, inner]}, in order of
     * indices. Throws as the gather does.
     */
    public static Kernel gatherGradient(Team team, Selection selection, Pointer gradient, Pointer sums) {
        return new GatherGradientKernel(team, selection, gradient, sums);
    }

    private static void check(int size) {
        if (size != 1 && size != 2 && size != 4 && size != 8) {
            throw new IllegalArgumentException("copy: elements of " + size + " bytes, need 1, 2, 4 or 8.");
        }
    }
}
