package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.Executable;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NaN and infinities show where they came from, and the same run gives the same bits again. */
class NonFiniteTest {
    private static final float[] SPECIAL = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -2, 3, 0};

    private static OneDnnBackend backend;

    @BeforeAll
    static void open() {
        backend = OneDnn.open(2);
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    /** A 1x1 convolution of one channel by one: 17 maps that are each the image. */
    private static float[] copied(boolean rectified, boolean summed, CompileOptions options) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 1, 2, 3));
        Value w = g.input("w", TensorType.of(DType.FLOAT32, 17, 1, 1, 1));
        Value zeros = g.input("zeros", TensorType.of(DType.FLOAT32, 1, 17, 2, 3));
        Value y = Convolution.conv2d(x, w, Window.of(1), 1);
        y = summed ? y.plus(zeros) : y;
        g.output("y", rectified ? Pointwise.relu(y) : y);
        g.output("same zeros", zeros);
        Map<String, Tensor> inputs = Map.of("x", Tensor.of(SPECIAL, 1, 1, 2, 3), "w", Tensor.full(DType.FLOAT32, w.shape(), 1), "zeros",
                Tensor.zeros(DType.FLOAT32, zeros.shape()));
        return OneDnn.run(backend, g.build(), options, inputs, 1).get("y").toFloats();
    }

    private static void everyMapIs(float[] expected, float[] actual) {
        assertEquals(17 * expected.length, actual.length);
        for (int i = 0; i < actual.length; i++) {
            float wanted = expected[i % expected.length];
            // A fused rectifier makes -0 of negative numbers.
            assertEquals(wanted + 0f, actual[i] + 0f, "element " + i);
        }
    }

    @Test
    void convolutionsPassNonFiniteNumbersOn() {
        everyMapIs(SPECIAL, copied(false, false, CompileOptions.defaults()));
        everyMapIs(SPECIAL, copied(false, true, CompileOptions.defaults()));
    }

    /** oneDNN's rectifier would turn NaN into 0; what stands for it keeps NaN, at the price that -∞ becomes NaN. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFusedRectifierKeepsNaN(boolean summed) {
        everyMapIs(new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NaN, 0, 3, 0}, copied(true, summed, CompileOptions.defaults()));
    }

    @Test
    void aRectifierOfItsOwnKeepsEveryClass() {
        everyMapIs(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 0, 0, 3, 0},
                copied(true, true, CompileOptions.defaults().without(Pass.FUSION)));
        GraphBuilder g = new GraphBuilder();
        g.output("y", Pointwise.relu(g.input("x", TensorType.of(DType.FLOAT32, SPECIAL.length))));
        assertArrayEquals(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 0, 0, 3, 0},
                OneDnn.run(backend, g.build(), CompileOptions.defaults(), Map.of("x", Tensor.of(SPECIAL)), 1).get("y").toFloats());
    }

    @Test
    void aMatrixProductsFusedRectifierKeepsNaN() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, SPECIAL.length, 1));
        g.output("y", Pointwise.relu(MatMul.matmul(x, g.input("w", TensorType.of(DType.FLOAT32, 1, 3)))));
        float[] y = OneDnn.run(backend, g.build(), CompileOptions.defaults(),
                Map.of("x", Tensor.of(SPECIAL, SPECIAL.length, 1), "w", Tensor.full(DType.FLOAT32, Shape.of(1, 3), 1)), 1).get("y").toFloats();
        for (int i = 0; i < SPECIAL.length; i++) {
            assertTrue(Float.isNaN(SPECIAL[i]) == Float.isNaN(y[3 * i]) || SPECIAL[i] == Float.NEGATIVE_INFINITY, "row " + i);
        }
    }

    /** One diverged image of a batch spoils no other, though both share padded blocks of channels. */
    @Test
    void aDivergedImageStaysAlone() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 19, 6, 6));
        Value y = Convolution.conv2d(x, g.input("w1", TensorType.of(DType.FLOAT32, 17, 19, 3, 3)), Window.of(3), 1);
        Value z = Convolution.conv2d(Pointwise.tanh(y.times(g.input("s", TensorType.of(DType.FLOAT32)))),
                g.input("w2", TensorType.of(DType.FLOAT32, 18, 17, 3, 3)), Window.of(3), 1);
        g.output("z", z);
        Graph graph = g.build();
        Map<String, Tensor> inputs = OneDnn.draw(graph.inputs());
        byte[] healthy = OneDnn.bytes(OneDnn.run(backend, graph, CompileOptions.defaults(), inputs, 1).get("z").select(0, 1));
        inputs.get("x").select(0, 0).fill(Double.NaN);
        Tensor spoiled = OneDnn.run(backend, graph, CompileOptions.defaults(), inputs, 1).get("z");
        for (float value : spoiled.select(0, 0).copy().toFloats()) {
            assertTrue(Float.isNaN(value));
        }
        assertArrayEquals(healthy, OneDnn.bytes(spoiled.select(0, 1)));
    }

    /** A small network's training step: all that a step leaves, twice, and for every number of threads. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void runsRepeatBitForBit(int threads) {
        Graph graph = training();
        for (CompileOptions options : List.of(CompileOptions.defaults(), CompileOptions.defaults().requiringDeterminism())) {
            try (OneDnnBackend one = OneDnn.open(threads); OneDnnBackend two = OneDnn.open(threads)) {
                Map<String, Tensor> first = OneDnn.run(one, graph, options, 3);
                for (OneDnnBackend again : List.of(one, two)) {
                    Map<String, Tensor> second = OneDnn.run(again, graph, options, 3);
                    first.forEach((name, tensor) -> assertArrayEquals(OneDnn.bytes(tensor), OneDnn.bytes(second.get(name)), name));
                }
            }
        }
    }

    private static Graph training() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 8, 6, 12, 12));
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 17, 6, 3, 3), true);
        Value b = g.variable("b", TensorType.of(DType.FLOAT32, 17), true);
        Value v = g.variable("v", TensorType.of(DType.FLOAT32, 17 * 100, 9), true);
        Value hidden = Pointwise.relu(Convolution.conv2d(x, w, b, Window.of(3), 1));
        Value y = MatMul.matmul(Shaping.flatten(hidden), v);
        Value loss = Reduction.mean(Pointwise.square(y));
        List<Value> variables = List.of(w, b, v);
        List<Value> gradients = Gradients.of(loss, variables);
        for (int i = 0; i < variables.size(); i++) {
            Update.assign(variables.get(i), variables.get(i).minus(gradients.get(i).times(0.01)));
        }
        g.output("loss", loss).output("y", y);
        return g.build();
    }

    @Test
    void compilingAgainChangesNoBit() {
        Graph graph = training();
        Map<String, Tensor> first = OneDnn.run(backend, graph, CompileOptions.defaults(), 2);
        try (Executable other = backend.compile(graph, CompileOptions.defaults())) {
            assertTrue(other.memoryPlan().bytes() > 0);
            Map<String, Tensor> second = OneDnn.run(backend, graph, CompileOptions.defaults(), 2);
            first.forEach((name, tensor) -> assertArrayEquals(OneDnn.bytes(tensor), OneDnn.bytes(second.get(name)), name));
        }
    }
}
