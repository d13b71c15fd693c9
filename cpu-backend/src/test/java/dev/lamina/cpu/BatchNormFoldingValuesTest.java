package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Passes;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Normalisation in the weights gives what it gave after the product, but for rounding. */
class BatchNormFoldingValuesTest {
    private final Backend backend = Backends.open("reference");
    private final Map<String, Tensor> drawn = new LinkedHashMap<>();

    @AfterEach
    void close() {
        backend.close();
    }

    private Value variable(GraphBuilder g, DType dtype, String name, double shift, long... dims) {
        TensorType type = TensorType.of(dtype, dims);
        double[] values = Arrays.stream(Eval.noise((int) type.elements(), name.hashCode())).map(v -> v + shift).toArray();
        drawn.put(name, Tensor.of(dtype, values, dims));
        return g.variable(name, type, true);
    }

    private Value norm(GraphBuilder g, DType dtype, Value product, String name) {
        long c = product.shape().dim(1);
        return Normalization.batchNormInference(product, variable(g, dtype, name + "gamma", 0, c), variable(g, dtype, name + "beta", 0, c),
                variable(g, dtype, name + "mean", 0, c), variable(g, dtype, name + "variance", 1.1, c), 1e-3);
    }

    private Graph graph(DType dtype) {
        GraphBuilder g = new GraphBuilder();
        Value x = variable(g, dtype, "x", 0, 3, 4, 9, 7);
        Window window = Window.of(3).stride(2).padding(1);
        g.output("plain", norm(g, dtype, Convolution.conv2d(x, variable(g, dtype, "w1", 0, 6, 4, 3, 3), window, 1), "1"));
        g.output("biased", norm(g, dtype, Convolution.conv2d(x, variable(g, dtype, "w2", 0, 6, 4, 3, 3),
                variable(g, dtype, "b2", 0, 6), window, 1), "2"));
        g.output("groups", norm(g, dtype, Convolution.conv2d(x, variable(g, dtype, "w3", 0, 6, 2, 3, 3), window, 2), "3"));
        Value rows = variable(g, dtype, "rows", 0, 11, 10);
        g.output("rows", norm(g, dtype, MatMul.matmul(rows, variable(g, dtype, "w4", 0, 10, 5)), "4"));
        g.output("linear", norm(g, dtype, MatMul.linear(rows, variable(g, dtype, "w5", 0, 5, 10), variable(g, dtype, "b5", 0, 5)), "5"));
        return g.build();
    }

    /**
     * Roundings, each at most u = epsilon / 2 relative to {@code A = |s| (Σ |w| |x| + |b| + |μ|) + |β|}, which bounds every term. Before:
     * the product and the result, 2. After: the scale at most 3 (ε and sum count half under the root, root, quotient), so the weights 4 and
     * the bias 6 (difference, product, sum), and the result, 7 in all. Float64 is summed in float64, at most 37 terms, before and after.
     */
    private static double limit(DType dtype) {
        return dtype.epsilon() / 2 * (10 + (dtype == DType.FLOAT64 ? 2 * 37 : 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64"})
    void valuesAgreeWithinRounding(DType dtype) {
        Graph graph = graph(dtype);
        Graph folded = Passes.foldBatchNorm(graph).graph();
        assertEquals(0, folded.nodes().stream().filter(n -> n.op() instanceof Normalization).count());
        Map<String, Tensor> expected = run(graph, drawn);
        Map<String, Tensor> actual = run(folded, drawn);
        Map<String, Tensor> magnitudes = new LinkedHashMap<>();
        drawn.forEach((name, tensor) -> magnitudes.put(name, magnitude(tensor, name.endsWith("mean"))));
        Map<String, Tensor> bounds = run(graph, magnitudes);
        expected.forEach((name, tensor) -> {
            double[] e = tensor.toDoubles();
            double[] a = actual.get(name).toDoubles();
            double[] bound = bounds.get(name).toDoubles();
            for (int i = 0; i < e.length; i++) {
                assertTrue(Math.abs(e[i] - a[i]) <= limit(dtype) * bound[i], name + "[" + i + "]: " + e[i] + ", folded " + a[i]);
            }
        });
    }

    private static Tensor magnitude(Tensor tensor, boolean negative) {
        return Tensor.of(tensor.dtype(), Arrays.stream(tensor.toDoubles()).map(v -> negative ? -Math.abs(v) : Math.abs(v)).toArray(),
                tensor.shape().toArray());
    }

    private Map<String, Tensor> run(Graph graph, Map<String, Tensor> variables) {
        return PassChecks.run(backend, graph, Map.of(), state -> state.variables().keySet()
                .forEach(name -> state.set(name, variables.get(name))));
    }
}
