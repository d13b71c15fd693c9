package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;


import dev.lamina.graph.Reduction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Folds of rows to numbers and of rows into a row. Lengths are arbitrary. */
final class FoldLoops {
    /** Elements that are summed in float32, four vectors wide, before the sum goes on in double. */
    static final int SEGMENT = 4096;

    private FoldLoops() { }

    /** What a fold starts from. */
    static double start(Reduction.Fold fold) {
        return switch (fold) {
            case SUM, MEAN -> 0;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
        };
    }

    static double join(Reduction.Fold fold, double a, double b) {
        return switch (fold) {
            case SUM, MEAN -> a + b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
        };
    }

    /** The result of a fold that came to this over {@code count} elements. */
    static float finish(Reduction.Fold fold, double value, long count) {
        return (float) (fold == Reduction.Fold.MEAN ? value / count : value);
    }

    /** Folds n contiguous elements; a vector at {@code spill} is scratch. */
    static double row(Reduction.Fold fold, long x, long n, long spill) {
        double value = start(fold);
        for (long at = 0; at < n; at += SEGMENT) {
            int m = (int) Math.min(SEGMENT, n - at);
            long from = x + at * Float.BYTES;
            value = join(fold, value, switch (fold) {
                case SUM, MEAN -> sum(from, m, spill);
                case MAX -> max(from, m);
                case MIN -> min(from, m);
            });
        }
        return value;
    }

    /** Folds n elements that lie {@code stride} bytes apart. */
    static double strided(Reduction.Fold fold, long x, long stride, long n) {
        double value = start(fold);
        for (long i = 0; i < n; i++) {
            value = join(fold, value, ALL.get(Rows.FLOAT, x + i * stride));
        }
        return value;
    }

    /** Lanes are added in order, through memory: the Vector API promises no order for sums of lanes, and the interpreter has another. */
    private static double sum(long x, int n, long spill) {
        FloatVector a = FloatVector.zero(FLOATS);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            a = a.add(fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER));
            b = b.add(fromMemorySegment(FLOATS, ALL, x + 4L * (i + LANES), ORDER));
            c = c.add(fromMemorySegment(FLOATS, ALL, x + 4L * (i + 2 * LANES), ORDER));
            d = d.add(fromMemorySegment(FLOATS, ALL, x + 4L * (i + 3 * LANES), ORDER));
        }
        for (; i <= n - LANES; i += LANES) {
            a = a.add(fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER));
        }
        double sum = 0;
        if (i > 0) {
            a.add(b).add(c.add(d)).intoMemorySegment(ALL, spill, ORDER);
            for (int k = 0; k < LANES; k++) {
                sum += ALL.get(Rows.FLOAT, spill + 4L * k);
            }
        }
        for (; i < n; i++) {
            sum += ALL.get(Rows.FLOAT, x + 4L * i);
        }
        return sum;
    }

    static float max(long x, int n) {
        FloatVector a = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            a = a.max(fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER));
        }
        float rest = Float.NEGATIVE_INFINITY;
        for (; i < n; i++) {
            rest = Math.max(rest, ALL.get(Rows.FLOAT, x + 4L * i));
        }
        return Math.max(rest, a.reduceLanes(VectorOperators.MAX));
    }

    private static float min(long x, int n) {
        FloatVector a = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            a = a.min(fromMemorySegment(FLOATS, ALL, x + 4L * i, ORDER));
        }
        float rest = Float.POSITIVE_INFINITY;
        for (; i < n; i++) {
            rest = Math.min(rest, ALL.get(Rows.FLOAT, x + 4L * i));
        }
        return Math.min(rest, a.reduceLanes(VectorOperators.MIN));
    }

    /** Adds four rows of n elements, a multiple of a vector's, to a tile. */
    static void addFour(long p, long q, long r, long s, long tile, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector pair = fromMemorySegment(FLOATS, ALL, p + 4L * i, ORDER).add(fromMemorySegment(FLOATS, ALL, q + 4L * i, ORDER));
            FloatVector other = fromMemorySegment(FLOATS, ALL, r + 4L * i, ORDER).add(fromMemorySegment(FLOATS, ALL, s + 4L * i, ORDER));
            fromMemorySegment(FLOATS, ALL, tile + 4L * i, ORDER).add(pair.add(other)).intoMemorySegment(ALL, tile + 4L * i, ORDER);
        }
    }

    /** Folds a row of any length into a tile, one element after another. */
    static void slowly(Reduction.Fold fold, long p, long tile, int n) {
        for (int i = 0; i < n; i++) {
            float value = ALL.get(Rows.FLOAT, p + 4L * i);
            float old = ALL.get(Rows.FLOAT, tile + 4L * i);
            ALL.set(Rows.FLOAT, tile + 4L * i, (float) join(fold, old, value));
        }
    }
}
