package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.CompileReport;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Results that depend on the state alone are computed when it has changed, whoever has changed it, and kept meanwhile. */
class CudaStatesTest {
    private static final Map<String, Tensor> ONES = Map.of("x", Tensor.of(new float[] {1, 1, 1}));
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

    /** {@code y = x + reverse(w) + sum(w)}, of which all but x depends on the state alone; with an update, {@code w += 1}. */
    private static Graph graph(boolean update) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 3));
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 3), true);
        g.output("y", Pointwise.relu(x.plus(Shaping.reverse(w, 0))).plus(Reduction.sum(w, 0)));
        if (update) {
            Update.assign(w, w.plus(1));
        }
        return g.build();
    }

    private static void expect(Executable executable, State state, double... w) {
        double sum = w[0] + w[1] + w[2];
        double[] y = {1 + w[2] + sum, 1 + w[1] + sum, 1 + w[0] + sum};
        assertEquals(java.util.Arrays.toString(y), java.util.Arrays.toString(executable.call(state, ONES).get("y").toDoubles()));
    }

    private static void set(State state, float... w) {
        state.set("w", Tensor.of(w));
    }

    @Test
    void whatDependsOnTheStateFollowsEveryChangeOfIt() {
        Graph inference = graph(false);
        Graph training = graph(true);
        try (State state = backend.createState(inference.variables()); State other = backend.createState(inference.variables());
                Executable infer = backend.compile(inference, CompileOptions.defaults());
                Executable train = backend.compile(training, CompileOptions.defaults())) {
            expect(infer, state, 0, 0, 0);
            set(state, 1, 2, 3);
            set(other, 5, 6, 7);
            for (int i = 0; i < 3; i++) {
                expect(infer, state, 1 + i, 2 + i, 3 + i);
                expect(infer, state, 1 + i, 2 + i, 3 + i);
                expect(infer, other, 5, 6, 7);
                expect(infer, state, 1 + i, 2 + i, 3 + i);
                expect(train, state, 1 + i, 2 + i, 3 + i);
                expect(infer, state, 2 + i, 3 + i, 4 + i);
            }
            set(state, 4, 5, 9);
            expect(infer, state, 4, 5, 9);
        }
    }

    @Test
    void stepsOfTheStateAloneAreNotRepeatedWhileItStays() {
        Graph inference = graph(false);
        try (State state = backend.createState(inference.variables());
                Executable infer = backend.compile(inference, CompileOptions.defaults())) {
            long always = infer.report().lowered().stream().filter(l -> !l.note().contains("only when the state has changed")).count();
            assertTrue(always < infer.report().lowered().size(), infer.report()::toString);
            set(state, 1, 2, 3);
            expect(infer, state, 1, 2, 3);
            expect(infer, state, 1, 2, 3);
            if (Tested.isEmulated()) {
                Emulator.control().reset();
                expect(infer, state, 1, 2, 3);
                assertEquals(0, Emulator.control().count("launches"), "launches beside the captured graph");
            }
        }
    }

    /** Later runs read what the first one has computed from the state: its memory is nobody else's, whatever comes between. */
    @Test
    void resultsOfTheStateAloneOutliveTheRun() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 64));
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 1, 64), true);
        Value y = Softmax.softmax(x.plus(Shaping.reverse(w, 1)), 1);
        for (int i = 0; i < 3; i++) {
            y = Softmax.softmax(y.times(5), 1);
        }
        g.output("y", Reduction.max(y, 1));
        expectEqualRuns(g.build(), CompileOptions.defaults(), Map.of("x", FaultRig.ramp(1, 1, 64)));
    }

    /** The same for what is converted into another layout or type: bfloat16 copies of filters. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void convertedVariablesOutliveTheRun(Precision precision) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 4, 6, 6));
        Value y = x;
        for (int i = 0; i < 5; i++) {
            Value w = g.variable("w" + i, TensorType.of(DType.FLOAT32, 4, 4, 3, 3), true);
            y = Convolution.conv2d(y, Shaping.reverse(w, 0), Window.of(3).padding(1), 1);
        }
        g.output("y", y);
        CompileOptions options = CompileOptions.defaults().withPrecision(precision);
        Graph graph = g.build();
        expectEqualRuns(graph, options, Map.of("x", FaultRig.ramp(1, 2, 4, 6, 6)));
        try (Executable executable = backend.compile(graph, options)) {
            List<String> everyRun = executable.report().reorders().stream().map(CompileReport.Reorder::value).toList();
            assertTrue(List.of("x", y.name()).containsAll(everyRun), () -> "converted in every run: " + everyRun);
        }
    }

    private static void expectEqualRuns(Graph graph, CompileOptions options, Map<String, Tensor> inputs) {
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, options)) {
            state.variables().forEach((name, type) -> state.set(name, FaultRig.ramp(name.hashCode() % 5, type.shape().toArray())));
            String first = FaultRig.text(executable.call(state, inputs));
            for (int i = 0; i < 3; i++) {
                assertEquals(first, FaultRig.text(executable.call(state, inputs)));
            }
        }
    }

    /** Two inputs of a run must not share bytes on their way. */
    @Test
    void severalInputsArriveEachInItsPlace() {
        GraphBuilder g = new GraphBuilder();
        Value a = g.input("a", TensorType.of(DType.FLOAT32, 3));
        Value none = g.input("none", TensorType.of(DType.FLOAT32, 0));
        Value b = g.input("b", TensorType.of(DType.FLOAT32, 100));
        Value c = g.input("c", TensorType.of(DType.INT32, 1));
        g.output("a2", a.times(2));
        g.output("none2", none.times(2));
        g.output("b3", b.times(3));
        g.output("c", c);
        try (State state = backend.createState(List.of()); Executable executable = backend.compile(g.build(), CompileOptions.defaults())) {
            for (int run = 1; run <= 4; run++) {
                float[] many = new float[100];
                java.util.Arrays.fill(many, run);
                Map<String, Tensor> y = executable.call(state, Map.of("a", Tensor.of(new float[] {run, 2, 3}),
                        "none", Tensor.of(new float[0]), "b", Tensor.of(many), "c", Tensor.of(new int[] {-run})));
                assertEquals("[" + 2.0 * run + ", 4.0, 6.0]", java.util.Arrays.toString(y.get("a2").toDoubles()));
                assertEquals(0, y.get("none2").toDoubles().length);
                assertEquals(3.0 * run * 100, java.util.Arrays.stream(y.get("b3").toDoubles()).sum());
                assertEquals(-run, y.get("c").toDoubles()[0]);
            }
        }
    }
}
