package dev.lamina.cpu.reference;

import dev.lamina.tensor.Shape;

/** Visits the elements of a shape row by row (last axis) with two sequences of positions, each given by a start and strides. */
final class Strided {
    private Strided() { }

    /** What happens to one row of n elements. */
    interface Row {
        void run(long a, long strideA, long b, long strideB, int n);
    }

    /** Calls the row for every combination of the outer axes, in row-major order. */
    static void each(Shape shape, long startA, long[] stridesA, long startB, long[] stridesB, Row row) {
        if (shape.elements() == 0) {
            return;
        }
        int last = shape.rank() - 1;
        if (last < 0) {
            row.run(startA, 1, startB, 1, 1);
            return;
        }
        long[] dims = shape.toArray();
        long[] index = new long[last];
        long a = startA;
        long b = startB;
        while (true) {
            row.run(a, stridesA[last], b, stridesB[last], (int) dims[last]);
            int axis = last - 1;
            for (; axis >= 0; axis--) {
                a += stridesA[axis];
                b += stridesB[axis];
                if (++index[axis] < dims[axis]) {
                    break;
                }
                a -= dims[axis] * stridesA[axis];
                b -= dims[axis] * stridesB[axis];
                index[axis] = 0;
            }
            if (axis < 0) {
                return;
            }
        }
    }

    /** Strides with which a tensor of a shape is read as if it had the target shape: 0 along stretched axes. */
    static long[] stretched(Shape from, Shape target) {
        long[] own = from.strides();
        long[] strides = new long[target.rank()];
        int extra = target.rank() - from.rank();
        for (int axis = 0; axis < own.length; axis++) {
            strides[axis + extra] = from.dim(axis) == 1 ? 0 : own[axis];
        }
        return strides;
    }

    /** The values stretched to the target shape; the array itself if nothing stretches. */
    static double[] stretch(double[] values, Shape from, Shape target) {
        int n = (int) target.elements();
        if (values.length == n) {
            return values;
        }
        double[] full = new double[n];
        if (values.length == 1) {
            java.util.Arrays.fill(full, values[0]);
            return full;
        }
        each(target, 0, stretched(from, target), 0, target.strides(), (a, sa, b, sb, m) -> {
            for (int i = 0; i < m; i++) {
                full[(int) b + i] = values[(int) (a + i * sa)];
            }
        });
        return full;
    }

    /** The values stretched to the target shape; the array itself if nothing stretches. */
    static long[] stretch(long[] values, Shape from, Shape target) {
        int n = (int) target.elements();
        if (values.length == n) {
            return values;
        }
        long[] full = new long[n];
        each(target, 0, stretched(from, target), 0, target.strides(), (a, sa, b, sb, m) -> {
            for (int i = 0; i < m; i++) {
                full[(int) b + i] = values[(int) (a + i * sa)];
            }
        });
        return full;
    }
}
