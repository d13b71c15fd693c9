package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Variables in changing layouts: what is set is what is got, whichever executables run in between. */
class OneDnnStateTest {
    private static final int TAG_ABCD16B16A = 79;
    private static final TensorType FILTER = TensorType.of(DType.FLOAT32, 35, 17, 3, 3);

    private OneDnnBackend backend;

    @BeforeEach
    void open() {
        backend = OneDnn.open(2);
    }

    @AfterEach
    void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static Value variable(TensorType type) {
        return new GraphBuilder().variable("v", type, true);
    }

    private List<Layout> layouts(NativeScope scope) {
        return List.of(Layout.plain(FILTER), Layout.channelsLast(FILTER),
                Layout.of(FILTER, Layout.taggedDescriptor(scope, FILTER.shape().toArray(), Dnnl.F32, TAG_ABCD16B16A), scope),
                Layout.of(FILTER, Layout.taggedDescriptor(scope, new long[] {5, 7, 17, 3, 3}, Dnnl.F32, 124), scope));
    }

    @Test
    void startsWithZeros() {
        try (State state = backend.createState(List.of(variable(FILTER)))) {
            assertArrayEquals(new byte[Math.toIntExact(FILTER.bytes())], OneDnn.bytes(state.get("v")));
        }
    }

    @Test
    void whatIsSetIsWhatIsGotInEveryLayout() {
        try (OneDnnState state = (OneDnnState) backend.createState(List.of(variable(FILTER)));
                NativeScope scope = new NativeScope(backend.engine())) {
            Tensor value = OneDnn.draw(1, FILTER.shape().toArray());
            state.set("v", value);
            int salt = 2;
            for (Layout from : layouts(scope)) {
                for (Layout to : layouts(scope)) {
                    state.bind("v", from);
                    assertArrayEquals(OneDnn.bytes(value), OneDnn.bytes(state.get("v")), "moved to " + from);
                    value = OneDnn.draw(salt++, FILTER.shape().toArray());
                    state.set("v", value);
                    state.bind("v", to);
                    assertArrayEquals(OneDnn.bytes(value), OneDnn.bytes(state.get("v")), "set in " + from + ", got in " + to);
                }
            }
        }
    }

    @Test
    void takesViewsAndEveryElementType() {
        for (DType dtype : DType.values()) {
            try (State state = backend.createState(List.of(variable(TensorType.of(dtype, 3, 2))))) {
                Tensor value = Tensor.of(new float[] {1, 0, 1, 1, 0, 0}, 2, 3).cast(dtype).transpose(1, 0);
                state.set("v", value);
                assertArrayEquals(OneDnn.bytes(value), OneDnn.bytes(state.get("v")), dtype.toString());
            }
        }
    }

    @Test
    void aVariableMovesOnlyToAnotherLayout() {
        try (OneDnnState state = (OneDnnState) backend.createState(List.of(variable(FILTER)));
                NativeScope scope = new NativeScope(backend.engine())) {
            List<Layout> layouts = layouts(scope);
            long address = state.bind("v", layouts.get(0));
            assertEquals(address, state.bind("v", layouts.get(0)));
            long moved = state.bind("v", layouts.get(2));
            assertNotEquals(address, moved);
            assertEquals(moved, state.bind("v", layouts(scope).get(2)), "the same layout, made anew");
            state.set("v", OneDnn.draw(1, FILTER.shape().toArray()));
            state.get("v");
            assertEquals(moved, state.bind("v", layouts.get(2)), "reading and writing moves nothing");
        }
    }

    /** A convolution that updates its own filter, or uses it only. */
    private static Graph convolution(long batch, boolean training) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, batch, 17, 6, 6));
        Value w = g.variable("v", FILTER, true);
        g.output("y", Pointwise.relu(Convolution.conv2d(x, w, Window.of(3).padding(1), 1)));
        if (training) {
            Update.assign(w, w.times(0.5));
        }
        return g.build();
    }

    @Test
    void executablesOfOneStateAlternate() {
        Graph training = convolution(4, true);
        Graph evaluation = convolution(1, false);
        Tensor start = OneDnn.draw(1, FILTER.shape().toArray());
        Tensor wide = OneDnn.draw(2, 4, 17, 6, 6);
        Tensor single = OneDnn.draw(3, 1, 17, 6, 6);
        try (Backend reference = Backends.open("reference");
                State expected = reference.createState(training.variables()); State state = backend.createState(training.variables());
                Executable trainHere = backend.compile(training, CompileOptions.defaults());
                Executable trainThere = reference.compile(training, CompileOptions.defaults());
                Executable evaluateHere = backend.compile(evaluation, CompileOptions.defaults());
                Executable evaluateThere = reference.compile(evaluation, CompileOptions.defaults())) {
            Tolerance tolerance = Tolerance.of(DType.FLOAT32, 17 * 9);
            expected.set("v", start);
            state.set("v", start);
            for (int round = 0; round < 3; round++) {
                same(tolerance, trainThere.call(expected, Map.of("x", wide)), trainHere.call(state, Map.of("x", wide)));
                same(tolerance, evaluateThere.call(expected, Map.of("x", single)), evaluateHere.call(state, Map.of("x", single)));
                // Without a run in between, and after the host has changed the variable.
                same(tolerance, evaluateThere.call(expected, Map.of("x", single)), evaluateHere.call(state, Map.of("x", single)));
                Tensor next = OneDnn.draw(10 + round, FILTER.shape().toArray());
                expected.set("v", next);
                state.set("v", next);
                same(tolerance, evaluateThere.call(expected, Map.of("x", single)), evaluateHere.call(state, Map.of("x", single)));
                same(tolerance, trainThere.call(expected, Map.of("x", wide)), trainHere.call(state, Map.of("x", wide)));
                assertArrayEquals(OneDnn.bytes(expected.get("v")), OneDnn.bytes(state.get("v")));
            }
        }
    }

    private static void same(Tolerance tolerance, Map<String, Tensor> expected, Map<String, Tensor> actual) {
        var comparison = tolerance.compare(expected.get("y"), actual.get("y"));
        assertTrue(comparison.agrees(), comparison::toString);
    }

    @Test
    void oneExecutableServesSeveralStates() {
        Graph graph = convolution(2, true);
        Map<String, Tensor> inputs = Map.of("x", OneDnn.draw(1, 2, 17, 6, 6));
        try (Executable executable = backend.compile(graph, CompileOptions.defaults());
                State a = backend.createState(graph.variables()); State b = backend.createState(graph.variables())) {
            a.set("v", OneDnn.draw(2, FILTER.shape().toArray()));
            byte[] first = OneDnn.bytes(executable.call(a, inputs).get("y"));
            for (float zero : executable.call(b, inputs).get("y").toFloats()) {
                assertEquals(0, zero);
            }
            a.set("v", OneDnn.draw(2, FILTER.shape().toArray()));
            assertArrayEquals(first, OneDnn.bytes(executable.call(a, inputs).get("y")));
        }
    }

    @Test
    void variablesOfOneNameInTwoGraphsAreOne() {
        Value here = variable(TensorType.of(DType.FLOAT32, 2));
        Value there = variable(TensorType.of(DType.FLOAT32, 2));
        try (State state = backend.createState(List.of(here, there, here))) {
            assertEquals(Map.of("v", here.type()), state.variables());
        }
        Value other = variable(TensorType.of(DType.INT64));
        BackendException error = assertThrows(BackendException.class, () -> backend.createState(List.of(here, other)));
        assertTrue(error.getMessage().contains("\"v\" is float32 [2] in one graph and int64 [] in another"), error.getMessage());
    }

    @Test
    void wrongValuesAndNamesAreErrors() {
        Value v = variable(TensorType.of(DType.FLOAT32, 2));
        try (State state = backend.createState(List.of(v))) {
            assertEquals("state: variable \"v\" is float32 [2], the value is float32 [1].",
                    assertThrows(IllegalArgumentException.class, () -> state.set("v", Tensor.of(new float[1]))).getMessage());
            assertEquals("state: variable \"v\" is float32 [2], the value is float64 [2].",
                    assertThrows(IllegalArgumentException.class, () -> state.set("v", Tensor.of(new double[2]))).getMessage());
            for (org.junit.jupiter.api.function.Executable action : List.<org.junit.jupiter.api.function.Executable>of(
                    () -> state.get("q"), () -> state.set("q", Tensor.of(new float[2])))) {
                assertEquals("state: there is no variable \"q\"; there are [v].",
                        assertThrows(IllegalArgumentException.class, action).getMessage());
            }
            assertThrows(UnsupportedOperationException.class, () -> state.variables().clear());
        }
        Value x = new GraphBuilder().input("x", v.type());
        assertEquals("state: \"x\" is not a variable.",
                assertThrows(IllegalArgumentException.class, () -> backend.createState(List.of(v, x))).getMessage());
    }

    @Test
    void closesTwiceAndRefusesUseAfterwards() {
        Graph graph = convolution(1, false);
        Map<String, Tensor> inputs = Map.of("x", OneDnn.draw(1, 1, 17, 6, 6));
        try (Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            State state = backend.createState(graph.variables());
            executable.run(state, inputs);
            state.close();
            state.close();
            assertEquals("state: is closed.", assertThrows(IllegalStateException.class, () -> state.get("v")).getMessage());
            assertThrows(IllegalStateException.class, () -> state.set("v", OneDnn.draw(1, FILTER.shape().toArray())));
            assertThrows(IllegalStateException.class, () -> executable.run(state, inputs));
        }
    }

    @Test
    void aClosedBackendServesNoState() {
        Graph graph = convolution(1, false);
        Map<String, Tensor> inputs = Map.of("x", OneDnn.draw(1, 1, 17, 6, 6));
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            executable.run(state, inputs);
            backend.close();
            backend.close();
            assertEquals("backend \"cpu\" is closed.",
                    assertThrows(IllegalStateException.class, () -> executable.run(state, inputs)).getMessage());
            assertThrows(IllegalStateException.class, () -> backend.createState(List.of()));
            assertThrows(IllegalStateException.class, () -> backend.compile(graph, CompileOptions.defaults()));
        }
    }

    @Test
    void aStateOfAnotherBackendIsRefused() {
        Graph graph = convolution(1, false);
        try (Backend reference = Backends.open("reference"); State foreign = reference.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults());
                State empty = backend.createState(List.of())) {
            Map<String, Tensor> inputs = Map.of("x", OneDnn.draw(1, 1, 17, 6, 6));
            assertEquals("run: the state belongs to another backend; create it with this one.",
                    assertThrows(IllegalArgumentException.class, () -> executable.run(foreign, inputs)).getMessage());
            assertEquals("run: variable \"v\" is missing in the state, needs float32 [35, 17, 3, 3].",
                    assertThrows(IllegalArgumentException.class, () -> executable.run(empty, inputs)).getMessage());
            Value wrong = variable(TensorType.of(DType.FLOAT32, 3));
            try (State other = backend.createState(List.of(wrong))) {
                assertEquals("run: variable \"v\" is float32 [3] in the state, needs float32 [35, 17, 3, 3].",
                        assertThrows(IllegalArgumentException.class, () -> executable.run(other, inputs)).getMessage());
            }
        }
    }
}
