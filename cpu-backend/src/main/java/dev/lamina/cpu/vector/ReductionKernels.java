package dev.lamina.cpu.vector;

import dev.lamina.graph.Reduction;

/**
 * Makes kernels that fold float32 tensors. Sums are exact to about 40 units of rounding of the sum of magnitudes, whatever their length,
 * and the same for any number of threads.
 */
public final class ReductionKernels {
    private ReductionKernels() { }

    /**
     * A kernel that folds the marked dimensions; the result is contiguous over the others in their order.
     *
     * @param dims extents of x, outermost first
     * @param strides distance of neighbours in elements
     * @param folded which dimensions are folded
     * @param x where element 0 lies
     * @param y the result, which must not overlap x
     * @throws IllegalArgumentException if lengths differ, or a maximum or minimum is asked of nothing
     */
    public static Kernel reduce(Team team, Reduction.Fold fold, long[] dims, long[] strides, boolean[] folded, Pointer x, Pointer y) {
        FoldSpace space = new FoldSpace(dims, strides, folded);
        if (space.count() == 0 && space.outputs() > 0 && (fold == Reduction.Fold.MAX || fold == Reduction.Fold.MIN)) {
            throw new IllegalArgumentException("reduce " + fold + ": folds no element; dims " + java.util.Arrays.toString(dims) + ".");
        }
        return space.columns() ? new ColumnFold(team, fold, space, x, y) : new RowFold(team, fold, space, x, y);
    }

    /** A kernel that folds the middle of contiguous x {@code [outer, count, inner]} to y {@code [outer, inner]}. */
    public static Kernel reduce(Team team, Reduction.Fold fold, long outer, long count, long inner, Pointer x, Pointer y) {
        return reduce(team, fold, new long[] {outer, count, inner}, new long[] {count * inner, inner, 1},
                new boolean[] {false, true, false}, x, y);
    }

    /** A kernel for {@code y = Σ_i x[i]}, or another fold of n contiguous elements. */
    public static Kernel all(Team team, Reduction.Fold fold, long n, Pointer x, Pointer y) {
        return reduce(team, fold, 1, n, 1, x, y);
    }

    /** A kernel that folds x {@code [rows, columns]} to y {@code [columns]}. */
    public static Kernel columns(Team team, Reduction.Fold fold, long rows, long columns, Pointer x, Pointer y) {
        return reduce(team, fold, 1, rows, columns, x, y);
    }

    /** A kernel for largest elements' positions in contiguous x {@code [outer, count, inner]}: int64 {@code [outer, inner]}. */
    public static Kernel argMax(Team team, long outer, long count, long inner, Pointer x, Pointer y) {
        return new ArgMaxKernel(team, outer, count, inner, x, y);
    }
}
