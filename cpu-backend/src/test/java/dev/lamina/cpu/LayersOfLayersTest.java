package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.GradientCheck;
import dev.lamina.backend.GradientReport;
import dev.lamina.backend.State;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Layers;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What layers on layers do, in float64 on the reference. */
class LayersOfLayersTest {
    private static Tensor normal(long seed, long... shape) {
        Philox.Stream random = new Philox.Stream(seed, 0, 0);
        double[] values = new double[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextNormal();
        }
        return Tensor.of(DType.FLOAT64, values, shape);
    }

    private static Map<String, Tensor> run(GraphBuilder graph, Map<String, Tensor> inputs) {
        Graph built = graph.build();
        try (Backend backend = Backends.open("reference"); State state = backend.createState(built.variables());
                Executable executable = backend.compile(built, CompileOptions.defaults())) {
            return executable.call(state, inputs);
        }
    }

    private static Value input(GraphBuilder graph, String name, Tensor like) {
        return graph.input(name, new TensorType(like.dtype(), like.shape()));
    }

    @Property(tries = 25)
    void twoLinearLayersWithoutActivationEqualTheirProduct(@ForAll @IntRange(min = 1, max = 9) int batch,
            @ForAll @IntRange(min = 1, max = 20) int in, @ForAll @IntRange(min = 1, max = 20) int hidden,
            @ForAll @IntRange(min = 1, max = 12) int out, @ForAll long seed) {
        Map<String, Tensor> inputs = Map.of("x", normal(seed, batch, in), "w1", normal(seed + 1, hidden, in), "b1",
                normal(seed + 2, hidden), "w2", normal(seed + 3, out, hidden), "b2", normal(seed + 4, out));
        GraphBuilder graph = new GraphBuilder();
        Value x = input(graph, "x", inputs.get("x"));
        Value w1 = input(graph, "w1", inputs.get("w1"));
        Value b1 = input(graph, "b1", inputs.get("b1"));
        Value w2 = input(graph, "w2", inputs.get("w2"));
        Value b2 = input(graph, "b2", inputs.get("b2"));
        graph.output("stacked", MatMul.linear(MatMul.linear(x, w1, b1), w2, b2));
        Value bias = Reduction.sum(w2.times(b1), 1).plus(b2);
        graph.output("product", MatMul.linear(x, MatMul.matmul(w2, w1), bias));
        Map<String, Tensor> results = run(graph, inputs);
        double[] stacked = results.get("stacked").toDoubles();
        double[] product = results.get("product").toDoubles();
        double scale = Math.max(1, Arrays.stream(stacked).map(Math::abs).max().orElseThrow());
        for (int i = 0; i < stacked.length; i++) {
            assertEquals(stacked[i], product[i], 1e-12 * scale);
        }
    }

    /** {@code max |δ_below| <= 1/4 max |δ_above| max_j Σ_i |w_ij|}, as the slope of the sigmoid is at most 1/4. */
    @Test
    void sigmoidLayersShrinkGradientsByAtLeastFourTimesTheirWeights() {
        GraphBuilder graph = new GraphBuilder();
        int width = 30;
        Tensor x = normal(1, 5, width);
        Value y = input(graph, "x", x);
        Value[] sums = new Value[11];
        Tensor[] weights = new Tensor[11];
        Map<String, Tensor> inputs = new HashMap<>(Map.of("x", x));
        for (int l = 1; l <= 10; l++) {
            weights[l] = normal(10 + l, width, width);
            inputs.put("w" + l, weights[l]);
            sums[l] = MatMul.matmul(y, input(graph, "w" + l, weights[l]), false, true);
            y = Pointwise.sigmoid(sums[l]);
        }
        Value upstream = input(graph, "upstream", x);
        inputs.put("upstream", normal(99, 5, width));
        List<Value> deltas = Gradients.of(Reduction.sum(y.times(upstream)), Arrays.asList(sums).subList(1, 11));
        for (int l = 1; l <= 10; l++) {
            graph.output("delta" + l, deltas.get(l - 1));
        }
        Map<String, Tensor> results = run(graph, inputs);
        double above = largest(inputs.get("upstream"));
        assertTrue(largest(results.get("delta10")) <= above / 4);
        for (int l = 9; l >= 1; l--) {
            double bound = largest(results.get("delta" + (l + 1))) * columnSum(weights[l + 1]) / 4;
            assertTrue(largest(results.get("delta" + l)) <= bound, "layer " + l);
        }
        assertEquals(9.5367431640625e-7, Math.pow(0.25, 10), "ten layers of the greatest slope and weights of size 1");
    }

    private static double largest(Tensor tensor) {
        return Arrays.stream(tensor.toDoubles()).map(Math::abs).max().orElseThrow();
    }

    private static double columnSum(Tensor weight) {
        double most = 0;
        for (long j = 0; j < weight.shape().dim(1); j++) {
            most = Math.max(most, Arrays.stream(weight.select(1, j).contiguous().toDoubles()).map(Math::abs).sum());
        }
        return most;
    }

    @ParameterizedTest
    @ValueSource(strings = {"relu", "sigmoid", "tanh", "leakyRelu", "elu", "gelu", "softplus", "none"})
    void everyActivationWithADerivativePassesTheGradientCheck(String activation) {
        double[] values = normal(7, 4, 9).toDoubles();
        for (int i = 0; i < values.length; i++) {
            // Away from the kink at 0.
            values[i] += Math.signum(values[i]) * 0.01;
        }
        try (Backend backend = Backends.open("reference")) {
            GradientReport report = new GradientCheck(backend, 1).check(
                    List.of(GradientCheck.Argument.of("x", Tensor.of(DType.FLOAT64, values, 4, 9))),
                    (graph, arguments) -> List.of(Layers.activation(activation).apply(new Context(graph, true), arguments.getFirst())
                            .times(1)));
            assertTrue(report.passed(), report.toString());
        }
    }

    /** Formulas of the specification, evaluated by hand in Java. */
    @Test
    void stepsPassGradientsByTheirRule() {
        double[] values = {-2, -1, -0.5, -0.0, 0, 0.5, 1, 1.0000001, Double.NaN};
        double[] forward = {0, 0, 0, 0, 0, 1, 1, 1, 0};
        double[] straight = {0, 1, 1, 1, 1, 1, 1, 0, 0};
        GraphBuilder graph = new GraphBuilder();
        Tensor x = Tensor.of(DType.FLOAT64, values, values.length);
        Value in = input(graph, "x", x);
        Value y = Pointwise.binarize(in, Pointwise.StepGradient.STRAIGHT_THROUGH);
        graph.output("y", y).output("gradient", Gradients.of(Reduction.sum(y), List.of(in)).getFirst());
        Map<String, Tensor> results = run(graph, Map.of("x", x));
        assertEquals(Arrays.toString(forward), Arrays.toString(results.get("y").toDoubles()));
        assertEquals(Arrays.toString(straight), Arrays.toString(results.get("gradient").toDoubles()));
    }
}
