package dev.lamina.cpu.vector;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The elements that a pointwise kernel visits: an N-dimensional space and, for each operand and result, how far apart neighbours along each
 * dimension are in memory. The constructor drops dimensions of extent 1, orders the others by the first result's strides (innermost
 * smallest) and joins neighbours that every operand and result crosses in one stride. Immutable.
 */
public final class Iteration {
    final long[] dims;
    final long[][] operands;
    final long[][] results;

    /**
     * A space of {@code dims}, outermost first.
     *
     * @param operandStrides for each operand and dimension, the distance in elements; 0 broadcasts, negative runs backwards
     * @param resultStrides the same for each result; 0 only along extents of 1
     * @throws IllegalArgumentException if a row of strides is not as long as dims, or a result would be written twice at one place
     */
    public Iteration(long[] dims, long[][] operandStrides, long[][] resultStrides) {
        check(dims, operandStrides, resultStrides);
        int[] order = IntStream.range(0, dims.length).filter(i -> dims[i] != 1).boxed()
                .sorted(Comparator.comparingLong((Integer i) -> -Math.abs(resultStrides[0][i])))
                .mapToInt(Integer::intValue).toArray();
        long[] extents = picked(dims, order);
        long[][] all = IntStream.range(0, operandStrides.length + resultStrides.length)
                .mapToObj(i -> picked(i < operandStrides.length ? operandStrides[i] : resultStrides[i - operandStrides.length], order))
                .toArray(long[][]::new);
        int rank = join(extents, all);
        this.dims = Arrays.copyOf(extents, rank);
        this.operands = cut(all, 0, operandStrides.length, rank);
        this.results = cut(all, operandStrides.length, all.length, rank);
    }

    /** A space in which every operand and result is contiguous. */
    public static Iteration contiguous(long elements, int operands, int results) {
        long[][] o = new long[operands][];
        Arrays.fill(o, new long[] {1});
        long[][] r = new long[results][];
        Arrays.fill(r, new long[] {1});
        return new Iteration(new long[] {elements}, o, r);
    }

    /** Number of elements. */
    public long elements() {
        long n = 1;
        for (long dim : dims) {
            n *= dim;
        }
        return n;
    }

    private static void check(long[] dims, long[][] operands, long[][] results) {
        if (results.length == 0) {
            throw new IllegalArgumentException("iteration: has no result.");
        }
        for (int i = 0; i < operands.length + results.length; i++) {
            boolean result = i >= operands.length;
            long[] strides = result ? results[i - operands.length] : operands[i];
            if (strides.length != dims.length) {
                throw new IllegalArgumentException("iteration: strides " + Arrays.toString(strides) + " and dims " + Arrays.toString(dims)
                        + " differ in length.");
            }
            for (int k = 0; k < dims.length; k++) {
                if (result && strides[k] == 0 && dims[k] > 1) {
                    throw new IllegalArgumentException("iteration: result strides " + Arrays.toString(strides) + " of dims "
                            + Arrays.toString(dims) + " write one place more than once.");
                }
            }
        }
    }

    private static long[] picked(long[] values, int[] order) {
        return Arrays.stream(order).mapToLong(i -> values[i]).toArray();
    }

    private static long[][] cut(long[][] all, int from, int to, int rank) {
        return IntStream.range(from, to).mapToObj(i -> Arrays.copyOf(all[i], rank)).toArray(long[][]::new);
    }

    /** Joins what can be joined, in place, and returns the number of dimensions left. */
    static int join(long[] dims, long[][] strides) {
        int rank = 0;
        for (int k = 0; k < dims.length; k++) {
            int inner = k;
            int outer = rank - 1;
            if (rank > 0 && Arrays.stream(strides).allMatch(s -> s[outer] == s[inner] * dims[inner])) {
                dims[outer] *= dims[inner];
                for (long[] s : strides) {
                    s[outer] = s[inner];
                }
            } else {
                dims[rank] = dims[k];
                for (long[] s : strides) {
                    s[rank] = s[k];
                }
                rank++;
            }
        }
        return rank;
    }
}
