package dev.lamina.cuda.lowering;

import dev.lamina.cuda.kernels.ChainProgram.Access;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A way through the elements of a result in the order of its memory, and how operands that broadcast to it follow. Axes that all operands
 * pass alike are one.
 *
 * @param elements of the result
 * @param extents of the axes, outermost first, at least {@link #AXES}; used where an operand is strided
 * @param steps of the operands
 */
record Walk(long elements, long[] extents, List<Step> steps) {
    /** Axes that every strided kernel has. */
    static final int AXES = 4;

    /**
     * How one operand follows.
     *
     * @param numbers for a periodic one how often an element is repeated and how many there are; for a strided one its strides; else none
     */
    record Step(Access access, long[] numbers) {
    }

    /** The way through a result of a layout. */
    static Walk of(Layout result, List<Layout> operands) {
        long n = result.type().elements();
        List<long[]> strides = operands.stream().map(operand -> strides(operand, result)).toList();
        List<Step> steps = new ArrayList<>();
        for (long[] own : strides) {
            steps.add(simple(n, merged(extents(result), List.of(own))));
        }
        if (!steps.contains(null)) {
            return new Walk(n, new long[0], List.copyOf(steps));
        }
        List<long[]> together = new ArrayList<>();
        together.add(strides(result, result));
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) == null || steps.get(i).access != Access.DENSE) {
                together.add(strides.get(i));
            }
        }
        List<Axis> axes = merged(extents(result), together);
        while (axes.size() < AXES) {
            axes.addFirst(new Axis(1, new long[together.size()]));
        }
        int next = 1;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) == null || steps.get(i).access != Access.DENSE) {
                int column = next++;
                steps.set(i, new Step(Access.STRIDED, axes.stream().mapToLong(axis -> axis.strides[column]).toArray()));
            }
        }
        return new Walk(n, axes.stream().mapToLong(Axis::extent).toArray(), List.copyOf(steps));
    }

    /** An axis, and the distance of neighbours along it for several walkers. */
    private record Axis(long extent, long[] strides) {
    }

    /** Axes of the result in the order of its memory. */
    private static int[] order(Layout result) {
        int rank = result.type().shape().rank();
        return result.order() == Order.CHANNELS_LAST && rank == 4 ? new int[] {0, 2, 3, 1}
                : java.util.stream.IntStream.range(0, rank).toArray();
    }

    private static long[] extents(Layout result) {
        return java.util.Arrays.stream(order(result)).mapToLong(result.type().shape()::dim).toArray();
    }

    /** An operand's strides along the result's axes, in the order of the result's memory; 0 where the operand is stretched. */
    private static long[] strides(Layout operand, Layout result) {
        Shape shape = operand.type().shape();
        long[] own = operand.strides();
        int missing = result.type().shape().rank() - shape.rank();
        return java.util.Arrays.stream(order(result))
                .mapToLong(axis -> axis < missing || shape.dim(axis - missing) == 1 ? 0 : own[axis - missing]).toArray();
    }

    /** The axes of more than one element, neighbours joined where every walker passes them as one. */
    private static List<Axis> merged(long[] extents, List<long[]> walkers) {
        List<Axis> axes = new ArrayList<>();
        for (int a = 0; a < extents.length; a++) {
            int axis = a;
            if (extents[a] == 1) {
                continue;
            }
            long[] here = walkers.stream().mapToLong(walker -> walker[axis]).toArray();
            Axis outer = axes.isEmpty() ? null : axes.getLast();
            boolean joined = outer != null;
            for (int w = 0; joined && w < here.length; w++) {
                joined = outer.strides[w] == here[w] * extents[a];
            }
            if (joined) {
                axes.set(axes.size() - 1, new Axis(outer.extent * extents[a], here));
            } else {
                axes.add(new Axis(extents[a], here));
            }
        }
        return axes;
    }

    /** The step of an operand that needs no strides; else null. */
    private static Step simple(long n, List<Axis> axes) {
        List<Axis> inner = new ArrayList<>(axes);
        long repeated = 1;
        if (!inner.isEmpty() && inner.getLast().strides[0] == 0) {
            repeated = inner.removeLast().extent;
        }
        if (inner.isEmpty()) {
            return n == 1 ? new Step(Access.DENSE, new long[0]) : new Step(Access.PERIODIC, new long[] {repeated, 1});
        }
        if (inner.getLast().strides[0] != 1) {
            return null;
        }
        long count = inner.removeLast().extent;
        if (count == n) {
            return new Step(Access.DENSE, new long[0]);
        }
        boolean repeats = inner.isEmpty() || inner.size() == 1 && inner.getFirst().strides[0] == 0;
        return repeats ? new Step(Access.PERIODIC, new long[] {repeated, count}) : null;
    }
}
