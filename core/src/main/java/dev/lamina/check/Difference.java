package dev.lamina.check;

import dev.lamina.backend.Comparison;
import dev.lamina.tensor.Tensor;
import java.util.function.IntToDoubleFunction;

/**
 * Two tensors of one type, element by element. Equal NaNs and equal infinities do not differ.
 *
 * @param scale largest finite magnitude of the expected tensor
 * @param worst largest difference; infinite where NaN or an infinity stands on one side only
 * @param at the element of the largest difference in row-major order, -1 if nothing differs
 * @param expected the element there
 * @param actual the element there
 * @param oneSided whether NaN or an infinity stands on one side only
 */
record Difference(double scale, double worst, int at, double expected, double actual, boolean oneSided) {
    static Difference of(Tensor expected, Tensor actual) {
        double[] e = expected.toDoubles();
        double[] a = actual.toDoubles();
        IntToDoubleFunction differences = expected.dtype().isFloating() ? i -> Comparison.difference(e[i], a[i])
                : whole(expected.toLongs(), actual.toLongs());
        double scale = 0;
        double worst = 0;
        int at = -1;
        for (int i = 0; i < e.length; i++) {
            if (Double.isFinite(e[i])) {
                scale = Math.max(scale, Math.abs(e[i]));
            }
            double difference = differences.applyAsDouble(i);
            if (difference > worst) {
                worst = difference;
                at = i;
            }
        }
        return at < 0 ? new Difference(scale, 0, -1, 0, 0, false)
                : new Difference(scale, worst, at, e[at], a[at], Double.isInfinite(worst));
    }

    /** int64 beyond 2^53 is compared exactly. */
    private static IntToDoubleFunction whole(long[] e, long[] a) {
        return i -> Comparison.difference(e[i], a[i]);
    }

    /** Euclidean distance as a share of the first tensor's norm; infinite where only one side is finite; 0 for types not floating. */
    static double apart(Tensor first, Tensor other) {
        if (!first.dtype().isFloating()) {
            return 0;
        }
        double[] a = first.toDoubles();
        double[] b = other.toDoubles();
        double distance = 0;
        double norm = 0;
        for (int i = 0; i < a.length; i++) {
            if (Double.compare(a[i], b[i]) != 0 && a[i] != b[i]) {
                distance += (a[i] - b[i]) * (a[i] - b[i]);
            }
            norm += Double.isFinite(a[i]) ? a[i] * a[i] : 0;
        }
        if (Double.isNaN(distance)) {
            return Double.POSITIVE_INFINITY;
        }
        return distance == 0 ? 0 : Math.sqrt(distance / norm);
    }

    /** Whether a tensor holds NaN or an infinity. */
    static boolean hasNonFinite(Tensor tensor) {
        if (!tensor.dtype().isFloating()) {
            return false;
        }
        for (double x : tensor.toDoubles()) {
            if (!Double.isFinite(x)) {
                return true;
            }
        }
        return false;
    }
}
