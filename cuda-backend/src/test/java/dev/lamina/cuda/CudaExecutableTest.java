package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
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

/** Runs, replays, states and reading of executables; what ops compute is for {@link ParityTest}. */
class CudaExecutableTest {
    private static CudaBackend backend;

    @BeforeAll
    static void open() {
        backend = Tested.open(Settings.defaults().searching(false));
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static TensorType floats(long... dims) {
        return TensorType.of(DType.FLOAT32, dims);
    }

    /** {@code w += rate x}, {@code y = old w + x}. */
    private static Graph accumulator() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", floats(3));
        Value w = g.variable("w", floats(3), true);
        Value rate = g.variable("rate", floats(), false);
        g.output("y", w.plus(x));
        Update.assign(w, w.plus(x.times(rate)));
        return g.build();
    }

    private static float[] floats(Tensor tensor) {
        double[] values = tensor.toDoubles();
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    @Test
    void replaysReadInputsStateAndHyperparametersOfTheirOwnRun() {
        Graph graph = accumulator();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            float[] w = new float[3];
            for (int run = 1; run <= 6; run++) {
                float rate = run % 2 == 0 ? 0.5f : 2;
                state.set("rate", Tensor.scalar(DType.FLOAT32, rate));
                Tensor x = Tensor.of(new float[] {run, -run, 8});
                executable.run(state, Map.of("x", x));
                // What was given may be changed at once.
                x.fill(Double.NaN);
                float[] given = {run, -run, 8};
                float[] y = new float[3];
                for (int i = 0; i < 3; i++) {
                    y[i] = w[i] + given[i];
                    w[i] += given[i] * rate;
                }
                assertArrayEquals(y, floats(executable.read("y")), "run " + run);
            }
            assertArrayEquals(w, floats(state.get("w")));
        }
    }

    @Test
    void stepsAreLaunchedAsOneGraphFromTheSecondRunOn() {
        assumeTrue(Tested.isEmulated(), "counts are the emulator's");
        Graph graph = accumulator();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1, 2, 3}));
            executable.run(state, inputs);
            executable.run(state, inputs);
            Emulator.control().reset();
            for (int i = 0; i < 5; i++) {
                executable.run(state, inputs);
            }
            assertEquals(5, Emulator.control().count("graphLaunches"));
            assertEquals(0, Emulator.control().count("launches"));
            assertEquals(0, Emulator.control().count("cuStreamSynchronize") + Emulator.control().count("cuCtxSynchronize"));
            assertEquals(0, Emulator.control().count("allocations"));
        }
    }

    @Test
    void anotherStateIsAnotherCapture() {
        Graph graph = accumulator();
        try (State first = backend.createState(graph.variables()); State second = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1, 2, 3}));
            for (State state : List.of(first, second)) {
                state.set("rate", Tensor.scalar(DType.FLOAT32, 1));
            }
            for (int i = 0; i < 4; i++) {
                executable.run(first, inputs);
                executable.run(second, inputs);
                executable.run(second, inputs);
            }
            assertArrayEquals(new float[] {4, 8, 12}, floats(first.get("w")));
            assertArrayEquals(new float[] {8, 16, 24}, floats(second.get("w")));
        }
    }

    private static Graph convolution(GraphBuilder g, boolean update) {
        Value x = g.input("x", floats(2, 3, 5, 5));
        Value w = g.variable("w", floats(4, 3, 3, 3), true);
        g.output("y", Convolution.conv2d(x, w, Window.of(3), 1));
        if (update) {
            Update.assign(w, w.times(2));
        }
        return g.build();
    }

    private static Tensor ramp(long... dims) {
        int n = Math.toIntExact(Shape.of(dims).elements());
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            // Few bits, so that TF32 and any order of sums give the exact result.
            values[i] = i * 7 % 13 - 6;
        }
        return Tensor.of(values, n).reshape(dims);
    }

    @Test
    void aStateKeepsItsValuesWhenExecutablesWantOtherLayouts() {
        Graph training = convolution(new GraphBuilder(), true);
        Graph inference = convolution(new GraphBuilder(), false);
        CompileOptions tensorCores = CompileOptions.defaults().withPrecision(Precision.TF32);
        try (State state = backend.createState(training.variables());
                Executable train = backend.compile(training, tensorCores);
                Executable infer = backend.compile(inference, CompileOptions.defaults())) {
            state.set("w", ramp(4, 3, 3, 3));
            Map<String, Tensor> inputs = Map.of("x", ramp(2, 3, 5, 5));
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(infer.call(state, inputs).get("y").toDoubles(), train.call(state, inputs).get("y").toDoubles());
            }
            double[] expected = ramp(4, 3, 3, 3).toDoubles();
            for (int i = 0; i < expected.length; i++) {
                expected[i] *= 8;
            }
            assertArrayEquals(expected, state.get("w").toDoubles());
        }
    }

    @Test
    void anIndexOutOfRangeIsReportedAndTheExecutableGoesOn() {
        GraphBuilder g = new GraphBuilder();
        Value logits = g.input("logits", floats(2, 3));
        Value labels = g.input("labels", TensorType.of(DType.INT32, 2));
        g.output("loss", Loss.crossEntropy(logits, labels, Loss.Options.defaults()));
        Graph graph = g.build();
        Tensor z = Tensor.of(new float[6], 2, 3);
        try (State state = backend.createState(List.of()); Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            Map<String, Tensor> sound = Map.of("logits", z, "labels", Tensor.of(new int[] {1, 2}));
            assertEquals(Math.log(3), executable.call(state, sound).get("loss").toDoubles()[0], 1e-6);
            RuntimeException error = assertThrows(RuntimeException.class,
                    () -> executable.call(state, Map.of("logits", z, "labels", Tensor.of(new int[] {1, 7}))));
            assertTrue(error.getMessage().contains("7"), error::getMessage);
            assertEquals(Math.log(3), executable.call(state, sound).get("loss").toDoubles()[0], 1e-6);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheNumbersAndTheBackendGoesOn() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", floats(1));
        Value wide = Shaping.broadcastTo(x, Shape.of(1L << 40));
        g.output("y", wide);
        Graph graph = g.build();
        BackendException error = assertThrows(BackendException.class, () -> backend.compile(graph, CompileOptions.defaults()));
        assertTrue(error.getMessage().contains("free") && error.getMessage().contains("arena"), error::getMessage);
        replaysReadInputsStateAndHyperparametersOfTheirOwnRun();
    }

    @Test
    void closesTwiceAndRefusesUseAfterwards() {
        Graph graph = accumulator();
        State state = backend.createState(graph.variables());
        Executable executable = backend.compile(graph, CompileOptions.defaults());
        Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1, 2, 3}));
        executable.run(state, inputs);
        executable.close();
        executable.close();
        assertThrows(IllegalStateException.class, () -> executable.run(state, inputs));
        assertThrows(IllegalStateException.class, () -> executable.read("y"));
        state.close();
        state.close();
        assertThrows(IllegalStateException.class, () -> state.get("w"));
    }

    @Test
    void everythingIsReleased() {
        assumeTrue(Tested.isEmulated(), "counts are the emulator's");
        String before = Emulator.control().alive();
        Graph graph = convolution(new GraphBuilder(), true);
        for (int i = 0; i < 3; i++) {
            try (State state = backend.createState(graph.variables());
                    Executable executable = backend.compile(graph, CompileOptions.defaults().withPrecision(Precision.TF32))) {
                executable.call(state, Map.of("x", ramp(2, 3, 5, 5)));
                executable.call(state, Map.of("x", ramp(2, 3, 5, 5)));
            }
        }
        String modules = "\\d+ (module|kernel|function)[^,]*,? ?";
        assertEquals(before.replaceAll(modules, ""), Emulator.control().alive().replaceAll(modules, ""));
    }

    @Test
    void productsOfHalfPrecisionValuesAreRefusedBeforeAnythingRuns() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT16, 2, 2));
        g.output("y", MatMul.matmul(x, x, false, false));
        Graph graph = g.build();
        BackendException error = assertThrows(BackendException.class, () -> backend.compile(graph, CompileOptions.defaults()));
        assertTrue(error.getMessage().contains("matmul") && error.getMessage().contains("not of float16; cast them"), error::getMessage);
    }

    @Test
    void refusesWrongInputs() {
        Graph graph = accumulator();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            Tensor x = Tensor.of(new float[] {1, 2, 3});
            assertEquals("run: input \"x\" is missing, needs float32 [3].", message(() -> executable.run(state, Map.of())));
            assertTrue(message(() -> executable.run(state, Map.of("x", Tensor.of(new float[2]))))
                    .startsWith("run: input \"x\" is float32 [2]"));
            assertTrue(message(() -> executable.run(state, Map.of("x", x, "z", x))).startsWith("run: input \"z\" is unknown"));
        }
    }

    @Test
    void resultsDoNotTakeTheMemoryOfWhatIsReadLater() {
        GraphBuilder g = new GraphBuilder();
        Value a = Softmax.softmax(g.input("x", floats(1, 4)), 1);
        g.output("early", Reduction.sum(Pointwise.exp(a), 1));
        g.output("late", Reduction.sum(a, 1));
        try (State state = backend.createState(List.of()); Executable executable = backend.compile(g.build(), CompileOptions.defaults())) {
            Map<String, Tensor> y = executable.call(state, Map.of("x", Tensor.of(new float[4], 1, 4)));
            assertArrayEquals(new float[] {4 * (float) Math.exp(0.25)}, floats(y.get("early")), 1e-5f);
            assertArrayEquals(new float[] {1}, floats(y.get("late")), 1e-6f);
        }
    }

    private static String message(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }

    @Test
    void pointwiseNodesOfOneShapeRunAsOneKernel() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", floats(4, 4));
        g.output("y", Pointwise.relu(Pointwise.exp(x).times(x).plus(1)));
        try (Executable executable = backend.compile(g.build(), CompileOptions.defaults())) {
            assertEquals(1, executable.report().lowered().stream().filter(l -> l.nodes().size() > 1).count());
        }
    }
}
