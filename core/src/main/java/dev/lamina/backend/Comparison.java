package dev.lamina.backend;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Two tensors, element by element. Equal NaNs and equal infinities agree; a NaN or infinity on one side only never does.
 *
 * @param tolerance what was allowed
 * @param scale largest finite magnitude of the expected tensor
 * @param elements number of elements
 * @param mismatches number of elements that differ by more than the limit
 * @param first the first mismatches in row-major order, at most {@value #SHOWN}
 * @param worst largest difference of any element; infinite if a NaN or infinity stands on one side only
 */
public record Comparison(Tolerance tolerance, double scale, long elements, long mismatches, List<Mismatch> first, double worst) {
    /** How many mismatches are kept. */
    public static final int SHOWN = 5;

    /** A copy of the list is kept. */
    public Comparison {
        first = List.copyOf(first);
    }

    /**
     * An element that differs by more than the limit.
     *
     * @param position its index
     */
    public record Mismatch(List<Long> position, double expected, double actual) {
        /** A copy of the position is kept. */
        public Mismatch {
            position = List.copyOf(position);
        }

        /** Size of the difference; NaN if a side is. */
        public double absolute() {
            return Math.abs(actual - expected);
        }

        /** Size of the difference as a share of the expected magnitude. */
        public double relative() {
            return absolute() / Math.abs(expected);
        }
    }

    /** Compares two tensors, see {@link Tolerance#compare}. */
    static Comparison of(Tensor expected, Tensor actual, Tolerance tolerance) {
        if (!expected.shape().equals(actual.shape()) || expected.dtype().isFloating() != actual.dtype().isFloating()) {
            throw new IllegalArgumentException("comparison: expected is " + expected.dtype() + " " + expected.shape() + ", actual "
                    + actual.dtype() + " " + actual.shape() + "; needs equal shapes, and floating types on both sides or neither.");
        }
        return expected.dtype().isFloating() ? floating(expected, actual, tolerance) : exact(expected, actual, tolerance);
    }

    private static Comparison floating(Tensor expected, Tensor actual, Tolerance tolerance) {
        double[] e = expected.toDoubles();
        double[] a = actual.toDoubles();
        double scale = 0;
        for (double value : e) {
            scale = Double.isInfinite(value) || Double.isNaN(value) ? scale : Math.max(scale, Math.abs(value));
        }
        double limit = tolerance.limit(scale);
        List<Mismatch> first = new ArrayList<>();
        long mismatches = 0;
        double worst = 0;
        for (int i = 0; i < e.length; i++) {
            double difference = difference(e[i], a[i]);
            worst = Math.max(worst, difference);
            if (difference > limit) {
                mismatches++;
                keep(first, expected.shape(), i, e[i], a[i]);
            }
        }
        return new Comparison(tolerance, scale, e.length, mismatches, first, worst);
    }

    /** How far two numbers are apart: 0 of equal ones and of two NaNs, infinite where one is NaN or an infinity and the other is not. */
    public static double difference(double expected, double actual) {
        if (expected == actual || Double.isNaN(expected) && Double.isNaN(actual)) {
            return 0;
        }
        double difference = Math.abs(actual - expected);
        return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }

    /** How far two integers are apart, at least 1 of any two that differ: beyond 2^53 the difference of their doubles may be 0. */
    public static double difference(long expected, long actual) {
        return expected == actual ? 0 : Math.max(1, Math.abs((double) actual - expected));
    }

    /** Integers and truth values: int64 beyond 2^53 is compared exactly. */
    private static Comparison exact(Tensor expected, Tensor actual, Tolerance tolerance) {
        long[] e = expected.toLongs();
        long[] a = actual.toLongs();
        List<Mismatch> first = new ArrayList<>();
        long mismatches = 0;
        double scale = 0;
        double worst = 0;
        for (int i = 0; i < e.length; i++) {
            scale = Math.max(scale, Math.abs((double) e[i]));
            if (e[i] != a[i]) {
                mismatches++;
                worst = Math.max(worst, difference(e[i], a[i]));
                keep(first, expected.shape(), i, e[i], a[i]);
            }
        }
        return new Comparison(tolerance, scale, e.length, mismatches, first, worst);
    }

    private static void keep(List<Mismatch> first, Shape shape, long element, double expected, double actual) {
        if (first.size() < SHOWN) {
            first.add(new Mismatch(shape.position(element), expected, actual));
        }
    }

    /** Whether no element differs by more than the limit. */
    public boolean agrees() {
        return mismatches == 0;
    }

    /** The largest difference allowed; 0 for types that are not floating. */
    public double limit() {
        return tolerance.limit(scale);
    }

    /** One line if the tensors agree; else the first mismatches, one a line, and how many more there are. */
    @Override
    public String toString() {
        String head = "limit %.3g (%s, %d terms, scale %.4g)".formatted(limit(), tolerance.dtype(), tolerance.reduction(),
                Math.max(scale, tolerance.floor()));
        if (agrees()) {
            return "all %d elements agree, worst difference %.3g, %s".formatted(elements, worst, head);
        }
        StringBuilder text = new StringBuilder("%d of %d elements differ, worst %.3g, %s:".formatted(mismatches, elements, worst, head));
        for (Mismatch m : first) {
            text.append("\n  %s: expected %s, actual %s, absolute %.3g, relative %.3g".formatted(m.position, m.expected, m.actual,
                    m.absolute(), m.relative()));
        }
        if (mismatches > first.size()) {
            text.append("\n  and ").append(mismatches - first.size()).append(" more");
        }
        return text.toString();
    }
}
