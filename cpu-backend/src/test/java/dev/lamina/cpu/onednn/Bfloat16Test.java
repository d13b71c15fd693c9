package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Products of bfloat16 operands against float32 ones. Each operand is rounded once, by at most u = 2^-9 of it (eight bits of precision, to
 * nearest), so a sum of products is off by at most {@code (2u + u²) Σ|a||b|}, beside what float32 itself rounds. The sum of magnitudes is
 * computed by the same graph on absolute values: the bound holds for each element, whatever cancels.
 */
class Bfloat16Test {
    private static final double UNIT = DType.BFLOAT16.epsilon() / 2;
    private static final double BOUND = 2 * UNIT + UNIT * UNIT;
    private static final CompileOptions FULL = CompileOptions.defaults();
    private static final CompileOptions NARROW = new CompileOptions(Precision.BFLOAT16, false, false, FULL.passes());

    private static OneDnnBackend backend;

    @BeforeAll
    static void open() {
        backend = OneDnn.open(2);
        GraphBuilder g = new GraphBuilder();
        product(g, g.input("a", TensorType.of(DType.FLOAT32, 2, 3)), g.input("b", TensorType.of(DType.FLOAT32, 3, 2)));
        String reason = "";
        try {
            backend.compile(g.build(), NARROW).close();
        } catch (BackendException e) {
            reason = e.getMessage();
        }
        if (!reason.isEmpty()) {
            backend.close();
        }
        assumeTrue(reason.isEmpty(), reason);
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static void product(GraphBuilder g, Value a, Value b) {
        g.output("y", MatMul.matmul(a, b));
    }

    /** The graph on given operands, at full precision on their magnitudes, and in both precisions. */
    private static void agrees(Graph graph, long terms) {
        Map<String, Tensor> inputs = OneDnn.draw(graph.inputs());
        Map<String, Tensor> magnitudes = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> magnitudes.put(name, absolute(tensor)));
        Map<String, Tensor> expected = OneDnn.run(backend, graph, FULL, inputs, 1);
        Map<String, Tensor> actual = OneDnn.run(backend, graph, NARROW, inputs, 1);
        Map<String, Tensor> scale = OneDnn.run(backend, graph, FULL, magnitudes, 1);
        for (String name : graph.outputs().keySet()) {
            double[] e = expected.get(name).toDoubles();
            double[] a = actual.get(name).toDoubles();
            double[] s = scale.get(name).toDoubles();
            double worst = 0;
            for (int i = 0; i < e.length; i++) {
                double limit = (BOUND + 2 * terms * DType.FLOAT32.epsilon()) * s[i];
                int at = i;
                assertTrue(Math.abs(a[i] - e[i]) <= limit, () -> name + "[" + at + "]: float32 " + e[at] + ", bfloat16 " + a[at]
                        + ", allowed difference " + limit);
                worst = Math.max(worst, Math.abs(a[i] - e[i]) / s[i]);
            }
            // Operands that were not rounded would agree to about 1e-7.
            assertTrue(worst > 1e-5, name + " was computed in float32");
        }
    }

    private static Tensor absolute(Tensor tensor) {
        float[] values = tensor.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        return Tensor.of(values, tensor.shape().toArray());
    }

    @ParameterizedTest
    @CsvSource({"1,1,0", "1,3,2", "3,3,1", "2,1,0"})
    void convolutionsAndTheirGradientsStayWithinTheBound(long groups, long kernel, long padding) {
        GraphBuilder g = new GraphBuilder();
        Window window = Window.of(kernel).padding(padding);
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 6 * groups, 7, 5));
        Value w = g.input("w", TensorType.of(DType.FLOAT32, 17 * groups, 6, kernel, kernel));
        Value y = Convolution.conv2d(x, w, window, groups);
        Value dy = g.input("dy", y.type());
        g.output("y", y);
        g.output("dx", Convolution.dataGradient(dy, w, window, groups, x.shape()));
        g.output("dw", Convolution.filterGradient(x, dy, window, groups, w.shape()));
        agrees(g.build(), Math.max(6 * kernel * kernel * 17, 2 * 7 * 9));
    }

    @ParameterizedTest
    @CsvSource({"false,false", "true,false", "false,true", "true,true"})
    void matrixProductsStayWithinTheBound(boolean transposeA, boolean transposeB) {
        GraphBuilder g = new GraphBuilder();
        Value a = g.input("a", transposeA ? TensorType.of(DType.FLOAT32, 3, 37, 5) : TensorType.of(DType.FLOAT32, 3, 5, 37));
        Value b = g.input("b", transposeB ? TensorType.of(DType.FLOAT32, 3, 19, 37) : TensorType.of(DType.FLOAT32, 3, 37, 19));
        g.output("y", MatMul.matmul(a, b, transposeA, transposeB));
        agrees(g.build(), 37);
    }

    /** The same operands read by a float32 op stay as they were, also in the memory that both share. */
    @Test
    void onlyProductsAreRounded() {
        GraphBuilder g = new GraphBuilder();
        Value a = g.input("a", TensorType.of(DType.FLOAT32, 16, 16));
        Value hidden = a.times(1.1);
        g.output("y", MatMul.matmul(hidden, hidden));
        g.output("sum", hidden.plus(Pointwise.square(hidden)));
        Map<String, Tensor> expected = OneDnn.run(backend, g.build(), FULL, 1);
        Map<String, Tensor> actual = OneDnn.run(backend, g.build(), NARROW, 1);
        assertArrayEquals(OneDnn.bytes(expected.get("sum")), OneDnn.bytes(actual.get("sum")));
        assertNotEquals(expected.get("y").get(0, 0), actual.get("y").get(0, 0));
    }

    /** Numbers of eight bits are exact, so all of it is: sums below 2^24, biases, residuals and rectifiers in float32. */
    @Test
    void smallIntegersAreExact() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 6, 5, 5));
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 8, 3, 3, 3), true);
        Value bias = g.variable("b", TensorType.of(DType.FLOAT32, 8), true);
        Value residual = g.input("r", TensorType.of(DType.FLOAT32, 2, 8, 5, 5));
        Value y = Pointwise.relu(Convolution.conv2d(x, w, bias, Window.of(3).padding(1), 2).plus(residual));
        g.output("y", y);
        List<Value> gradients = Gradients.of(Reduction.sum(y), List.of(x, w, bias));
        g.output("dx", gradients.get(0)).output("dw", gradients.get(1)).output("db", gradients.get(2));
        Graph graph = g.build();
        Map<String, Tensor> inputs = Map.of("x", integers(1, 2, 6, 5, 5), "r", integers(2, 2, 8, 5, 5));
        Map<String, Tensor> variables = Map.of("w", integers(3, 8, 3, 3, 3), "b", integers(4, 8));
        Map<String, Tensor> expected = run(graph, FULL, inputs, variables);
        Map<String, Tensor> actual = run(graph, NARROW, inputs, variables);
        expected.forEach((name, tensor) ->
                assertArrayEquals(tensor.toFloats(), actual.get(name).toFloats(), name));
    }

    private static Tensor integers(int salt, long... dims) {
        float[] values = OneDnn.draw(salt, dims).toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.round(values[i] * 7);
        }
        return Tensor.of(values, dims);
    }

    private static Map<String, Tensor> run(Graph graph, CompileOptions options, Map<String, Tensor> inputs,
            Map<String, Tensor> variables) {
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, options)) {
            variables.forEach(state::set);
            return executable.call(state, inputs);
        }
    }

    /** Steps smaller than bfloat16 can tell from 1 add up in the float32 filter. */
    @Test
    void weightsAreKeptInFloat32() {
        GraphBuilder g = new GraphBuilder();
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 16, 16, 3, 3), true);
        Value y = Convolution.conv2d(g.input("x", TensorType.of(DType.FLOAT32, 1, 16, 4, 4)), w, Window.of(3), 1);
        g.output("y", y);
        Update.assign(w, w.plus(Source.fillLike(w, 1.0 / 1024)));
        Graph graph = g.build();
        Map<String, Tensor> inputs = Map.of("x", Tensor.full(DType.FLOAT32, Shape.of(1, 16, 4, 4), 1));
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, NARROW)) {
            state.set("w", Tensor.full(DType.FLOAT32, w.shape(), 1));
            for (int i = 0; i < 8; i++) {
                executable.run(state, inputs);
                // 1 + i / 1024 is 1 in bfloat16 up to i = 4, the tie, and 1 + 1/128 from 5 on.
                assertEquals((i <= 4 ? 1 : 1 + 1.0 / 128) * 144, executable.read("y").get(0, 0, 0, 0), "run " + i);
            }
            assertEquals(1 + 8.0 / 1024, state.get("w").get(3, 2, 1, 0));
        }
    }

    /** oneDNN is told to use no more than AVX2, which has no bfloat16 here. */
    @Test
    void anOlderProcessorIsNamed() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "an x86-64 setting");
        ChildJvm.Ended ended = ChildJvm.usual(Map.of("ONEDNN_MAX_CPU_ISA", "AVX2")).run(Older.class);
        assertTrue(ended.output().contains("oneDNN has no bfloat16 arithmetic on this processor. Compile with FLOAT32."), ended.output());
    }

    /** Compiles a product in a process of its own. */
    static final class Older {
        private Older() { }

        public static void main(String[] args) {
            GraphBuilder g = new GraphBuilder();
            Value a = g.input("a", TensorType.of(DType.FLOAT32, 16, 16));
            product(g, a, a);
            try (OneDnnBackend backend = OneDnn.open(1); Executable executable = backend.compile(g.build(), NARROW)) {
                System.out.println("compiled " + executable.report());
            } catch (BackendException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
