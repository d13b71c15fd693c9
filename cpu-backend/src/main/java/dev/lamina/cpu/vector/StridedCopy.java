package dev.lamina.cpu.vector;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A copy between two strided N-dimensional arrays of one element size. Dimensions are joined where both sides allow; what is left is done
 * in planes: the result's innermost dimension, and the operand's, which differ in a transposition and are then crossed in small squares.
 */
final class StridedCopy implements Kernel, Team.Task {
    private static final long ALONE_BYTES = 64 << 10;
    /** Bytes of a plane's part that one thread takes at a time. */
    private static final long PART_BYTES = 64 << 10;
    private final Team team;
    private final int size;
    private final Pointer from;
    private final Pointer to;
    private final long fromStart;
    private final long toStart;
    /** Outer dimensions, then the plane's two. */
    private final long[] dims;
    private final long[] fromStrides;
    private final long[] toStrides;
    private final long planes;
    private final long partsPerPlane;
    private final long rowsPerPart;
    private final boolean alone;

    /** Strides and starts are in elements; {@code size} is 1, 2, 4 or 8 bytes. */
    StridedCopy(Team team, int size, long[] dims, Pointer from, long fromStart, long[] fromStrides, Pointer to, long toStart,
            long[] toStrides) {
        this.team = team;
        this.size = size;
        this.from = from;
        this.to = to;
        this.fromStart = fromStart * size;
        this.toStart = toStart * size;
        int[] order = order(dims, fromStrides, toStrides);
        long[] d = Arrays.stream(order).mapToLong(i -> dims[i]).toArray();
        long[] f = Arrays.stream(order).mapToLong(i -> fromStrides[i] * size).toArray();
        long[] t = Arrays.stream(order).mapToLong(i -> toStrides[i] * size).toArray();
        int rank = Iteration.join(d, new long[][] {f, t});
        int[] last = planeLast(rank, d, f);
        this.dims = pick(last, d, 1);
        this.fromStrides = pick(last, f, 0);
        this.toStrides = pick(last, t, 0);
        long elements = Arrays.stream(this.dims).reduce(1, (a, b) -> a * b);
        int outer = this.dims.length - 2;
        planes = Arrays.stream(this.dims, 0, outer).reduce(1, (a, b) -> a * b);
        long rowBytes = Math.max(1, this.dims[outer + 1] * size);
        rowsPerPart = Scratch.roundUp(Math.max(1, PART_BYTES / rowBytes), Planes.SQUARE);
        partsPerPlane = elements == 0 ? 0 : Math.ceilDiv(this.dims[outer], rowsPerPart);
        alone = elements * size < ALONE_BYTES;
    }

    /** Dimensions that extend, by falling distance in the result. */
    private static int[] order(long[] dims, long[] from, long[] to) {
        if (from.length != dims.length || to.length != dims.length) {
            throw new IllegalArgumentException("copy: dims " + Arrays.toString(dims) + ", strides " + Arrays.toString(from) + " and "
                    + Arrays.toString(to) + " differ in length.");
        }
        return IntStream.range(0, dims.length).filter(i -> dims[i] != 1).boxed()
                .sorted(Comparator.comparingLong((Integer i) -> -Math.abs(to[i]))).mapToInt(Integer::intValue).toArray();
    }

    /** Positions with the operand's nearest dimension moved before the last; -1 stands for a dimension of extent 1. */
    private static int[] planeLast(int rank, long[] dims, long[] from) {
        List<Integer> positions = new java.util.ArrayList<>(IntStream.range(0, rank).boxed().toList());
        while (positions.size() < 2) {
            positions.addFirst(-1);
        }
        if (rank > 2) {
            Integer near = IntStream.range(0, rank - 1).boxed()
                    .min(Comparator.comparingLong(i -> from[i] == 0 ? Long.MAX_VALUE : Math.abs(from[i]))).orElseThrow();
            if (from[near] != 0 && Math.abs(from[near]) < Math.abs(from[rank - 1])) {
                positions.remove(near);
                positions.add(rank - 2, near);
            }
        }
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    private static long[] pick(int[] positions, long[] values, long otherwise) {
        return Arrays.stream(positions).mapToLong(i -> i < 0 ? otherwise : values[i]).toArray();
    }

    @Override
    public void run() {
        if (alone) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long parts = planes * partsPerPlane;
        int row = dims.length - 2;
        long last = Team.start(parts, thread + 1, threads);
        for (long part = Team.start(parts, thread, threads); part < last; part++) {
            long plane = part / partsPerPlane;
            long first = part % partsPerPlane * rowsPerPart;
            long rows = Math.min(rowsPerPart, dims[row] - first);
            long source = from.address() + fromStart + offset(plane, fromStrides) + first * fromStrides[row];
            long target = to.address() + toStart + offset(plane, toStrides) + first * toStrides[row];
            Planes.copy(size, source, fromStrides[row], fromStrides[row + 1], target, toStrides[row], toStrides[row + 1], rows,
                    dims[row + 1]);
        }
    }

    private long offset(long plane, long[] strides) {
        long bytes = 0;
        for (int k = dims.length - 3; k >= 0; k--) {
            bytes += plane % dims[k] * strides[k];
            plane /= dims[k];
        }
        return bytes;
    }
}
