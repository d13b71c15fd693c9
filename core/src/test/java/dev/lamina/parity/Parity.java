package dev.lamina.parity;

import dev.lamina.backend.Comparison;
import dev.lamina.backend.Tolerance;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Compares what two backends, or two compilations, give under the same names. */
public final class Parity {
    private Parity() { }

    /** Compares every tensor; one report for each that differs, after its name. Floating types are compared by the given tolerance. */
    public static void compare(Map<String, Tensor> expected, Map<String, Tensor> actual, Function<DType, Tolerance> tolerance, String where,
            List<String> failures) {
        if (!expected.keySet().equals(actual.keySet())) {
            failures.add(where + ": expected " + expected.keySet() + ", actual " + actual.keySet());
            return;
        }
        expected.forEach((name, tensor) -> {
            Comparison comparison = tolerance.apply(actual.get(name).dtype()).compare(tensor, actual.get(name));
            if (!comparison.agrees()) {
                failures.add(where + ", " + name + " " + tensor.shape() + ": " + comparison);
            }
        });
    }

    /**
     * Compares in the root of the mean square, for graphs with kinks behind products of rounded operands: where an activation lies nearer
     * to a kink than its error, the sides take different branches, and single elements differ by a whole contribution.
     *
     * <p>Behind ten roundings to numbers ε' apart an activation of deviation σ is off by {@code δ = 0.41 √10 ε' σ} (see {@link Tolerance}),
     * and lies within that of a kink with probability {@code 2 δ / (σ √(2π)) = 1.03 ε'}. Each branch taken otherwise changes what flows
     * through by its whole size, so one layer of kinks changes the root of the mean square by {@code √(1.03 ε')} of it, three layers, and
     * values that are maxima of several, by up to {@code √(4 ε')}; the roundings themselves add the tolerance's own share.
     */
    public static void compareNorms(Map<String, Tensor> expected, Map<String, Tensor> actual, Tolerance tolerance, String where,
            List<String> failures) {
        double allowed = tolerance.relative() + Math.sqrt(4 * tolerance.operandEpsilon());
        expected.forEach((name, tensor) -> {
            double[] e = tensor.toDoubles();
            double[] a = actual.get(name).toDoubles();
            double difference = 0;
            double size = 0;
            for (int i = 0; i < e.length; i++) {
                // Equal infinities, and NaN on both sides, agree.
                boolean same = Double.compare(e[i], a[i]) == 0;
                difference += same ? 0 : (e[i] - a[i]) * (e[i] - a[i]);
                size += Double.isFinite(e[i]) ? e[i] * e[i] : 0;
            }
            double limit = allowed * Math.max(Math.sqrt(size), tolerance.floor() * Math.sqrt(e.length));
            if (!(Math.sqrt(difference) <= limit)) {
                failures.add("%s, %s %s: the sides are %.3g apart, allowed %.3g".formatted(where, name, tensor.shape(),
                        Math.sqrt(difference), limit));
            }
        });
    }

    /** True if a graph's gradients, or its values, jump where a product's result crosses a border. */
    public static boolean hasKinksBehindProducts(Graph graph) {
        boolean products = graph.nodes().stream().anyMatch(n -> n.op() instanceof Convolution || n.op() instanceof MatMul);
        return products && graph.nodes().stream().anyMatch(n -> switch (n.op()) {
            case Pointwise.ReluGradient _, Pointwise.Compare _, Pointwise.Where _, Pointwise.Binarize _, Pooling.MaxPool _ -> true;
            default -> false;
        });
    }

    /** Compares every byte. */
    public static void compareBits(Map<String, Tensor> expected, Map<String, Tensor> actual, String where, List<String> failures) {
        expected.forEach((name, tensor) -> {
            if (differ(tensor, actual.get(name))) {
                failures.add(where + ", " + name + ": bits differ; "
                        + new Tolerance(tensor.dtype(), 1, 0).compare(tensor, actual.get(name)));
            }
        });
    }

    /** Whether any byte differs. */
    static boolean differ(Tensor a, Tensor b) {
        return !Arrays.equals(bytes(a), bytes(b));
    }

    private static byte[] bytes(Tensor tensor) {
        return tensor.contiguous().memory().toArray(ValueLayout.JAVA_BYTE);
    }
}
