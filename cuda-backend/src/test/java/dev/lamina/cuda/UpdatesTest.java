package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Update.Adam;
import dev.lamina.graph.Update.Ema;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.graph.Update.Sgd;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Updates of many variables by one launch. */
class UpdatesTest {
    /** Shapes of variables: off the sizes of packs and chunks, and an empty one. */
    private static final long[][] SHAPES = {{1}, {3, 5}, {1024}, {0, 4}, {1031}, {2, 3, 5, 7}};
    static final List<Update> RULES = List.of(new Sgd(0, false, 0, MomentumForm.RATE_OUTSIDE),
            new Sgd(0, false, 0.1, MomentumForm.RATE_OUTSIDE), new Sgd(0.9, false, 0.1, MomentumForm.RATE_OUTSIDE),
            new Sgd(0.9, false, 0.1, MomentumForm.RATE_INSIDE),
            new Sgd(0.9, true, 0.1, MomentumForm.RATE_OUTSIDE), new Adam(0.9, 0.99, 1e-3, 0.1, false), new Adam(0.9, 0.99, 1e-3, 0.1, true),
            new Adam(0.5, 0.9, 1e-3, 0, true), new Ema(0.75), new Update.Assign());

    private static CudaBackend backend;
    private static Backend reference;

    @BeforeAll
    static void open() {
        backend = Tested.open();
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        Stream.of(backend, reference).filter(open -> open != null).forEach(Backend::close);
    }

    private static Tensor values(DType type, Shape shape, double scale) {
        int n = Math.toIntExact(shape.elements());
        double[] values = IntStream.range(0, n).mapToDouble(i -> scale * ((i * 7 + 3) % 23 - 8) / 8).toArray();
        return Tensor.of(type, values, n).reshape(shape.toArray());
    }

    private static int buffers(Update rule) {
        return rule instanceof Sgd sgd ? sgd.momentum() == 0 ? 0 : 1 : rule instanceof Adam ? 2 : 0;
    }

    /** Every variable takes a step by an input of its own. */
    private static Graph graph(Update rule, DType type) {
        GraphBuilder builder = new GraphBuilder();
        Value rate = builder.variable("rate", TensorType.of(DType.FLOAT32), false);
        Value t = builder.variable("t", TensorType.of(DType.INT64), false);
        for (int i = 0; i < SHAPES.length; i++) {
            TensorType own = TensorType.of(type, SHAPES[i]);
            List<Value> operands = new ArrayList<>(List.of(builder.variable("w" + i, own, true), builder.input("g" + i, own)));
            if (rule instanceof Sgd || rule instanceof Adam) {
                operands.add(rate);
            }
            for (int k = 0; k < buffers(rule); k++) {
                operands.add(builder.variable("b" + k + "of" + i, own, false));
            }
            if (rule instanceof Adam) {
                operands.add(t);
            } else if (rule instanceof Ema && i % 2 == 1) {
                operands.add(t);
            }
            Update.node(rule, operands.toArray(Value[]::new));
        }
        return builder.build();
    }

    /** What is in the state after some runs; checks the number of launches unless it is 0. */
    private static Map<String, Tensor> run(Backend on, Graph graph, int runs, int launches) {
        try (State state = on.createState(graph.variables()); Executable executable = on.compile(graph, CompileOptions.defaults())) {
            state.variables().forEach((name, type) -> state.set(name, values(type.dtype(), type.shape(), name.equals("rate") ? -0.1 : 1)));
            if (state.variables().containsKey("t")) {
                state.set("t", Tensor.scalar(DType.INT64, 3));
            }
            Map<String, Tensor> inputs = new LinkedHashMap<>();
            graph.inputs().forEach(value -> inputs.put(value.name(), values(value.dtype(), value.shape(), 0.5)));
            // Second moments are not negative.
            state.variables().keySet().stream().filter(name -> name.startsWith("b1")).forEach(name -> {
                TensorType type = state.variables().get(name);
                state.set(name, Tensor.full(type.dtype(), type.shape(), 0.5));
            });
            for (int i = 0; i < runs; i++) {
                executable.run(state, inputs);
            }
            if (launches > 0) {
                assertEquals(launches, executable.report().lowered().size(), () -> executable.report().lowered().toString());
            }
            Map<String, Tensor> results = new LinkedHashMap<>();
            state.variables().keySet().forEach(name -> results.put(name, state.get(name)));
            return results;
        }
    }

    private static void agree(Map<String, Tensor> expected, Map<String, Tensor> actual, double units) {
        expected.forEach((name, wanted) -> {
            double[] a = wanted.toDoubles();
            double[] b = actual.get(name).toDoubles();
            for (int i = 0; i < a.length; i++) {
                double limit = wanted.dtype().isFloating() ? units * wanted.dtype().epsilon() * Math.max(1, Math.abs(a[i])) : 0;
                assertEquals(a[i], b[i], limit, name + " at " + i);
            }
        });
    }

    @ParameterizedTest
    @FieldSource("RULES")
    void oneLaunchForAllVariables(Update rule) {
        for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16}) {
            Graph graph = graph(rule, type);
            agree(run(reference, graph, 3, 0), run(backend, graph, 3, rule instanceof Ema ? 2 : 1), 4);
        }
    }

    @Test
    void assignmentsOfAllTypesShareALaunch() {
        GraphBuilder builder = new GraphBuilder();
        for (DType type : DType.values()) {
            TensorType own = TensorType.of(type, 21);
            Update.assign(builder.variable("w" + type, own, false), builder.input("g" + type, own));
        }
        Graph graph = builder.build();
        agree(run(reference, graph, 1, 0), run(backend, graph, 1, 1), 0);
    }

    /** The table of addresses follows the state that a run is given. */
    @Test
    void statesTakeTurns() {
        Graph graph = graph(RULES.getFirst(), DType.FLOAT32);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        graph.inputs().forEach(value -> inputs.put(value.name(), Tensor.full(DType.FLOAT32, value.shape(), 1)));
        try (Executable executable = backend.compile(graph, CompileOptions.defaults());
                State first = backend.createState(graph.variables()); State second = backend.createState(graph.variables())) {
            first.set("rate", Tensor.scalar(DType.FLOAT32, 1));
            second.set("rate", Tensor.scalar(DType.FLOAT32, 0.5));
            for (int i = 0; i < 3; i++) {
                executable.run(first, inputs);
                executable.run(first, inputs);
                executable.run(second, inputs);
            }
            double[] expected = new double[1024];
            java.util.Arrays.fill(expected, -6);
            assertArrayEquals(expected, first.get("w2").toDoubles());
            java.util.Arrays.fill(expected, -1.5);
            assertArrayEquals(expected, second.get("w2").toDoubles());
        }
    }

    /** Filters lie as convolutions want them; their optimizer's buffers follow, and the state shows row-major order. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void filtersOfConvolutions(Precision precision) {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", TensorType.of(DType.FLOAT32, 2, 8, 5, 5));
        Value w = builder.variable("w", TensorType.of(DType.FLOAT32, 16, 8, 3, 3), true);
        Value m = builder.variable("m", w.type(), false);
        Value rate = builder.variable("rate", TensorType.of(DType.FLOAT32), false);
        Value y = Convolution.conv2d(x, w, Window.of(3).padding(1), 1);
        Value gradient = Gradients.of(Reduction.mean(y.times(y)), List.of(w)).getFirst();
        Update.node(new Sgd(0.5, false, 0, MomentumForm.RATE_OUTSIDE), w, gradient, rate, m);
        Graph graph = builder.build();
        Map<String, Tensor> expected = run(reference, graph, 2, 0);
        Map<String, Tensor> actual;
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults().withPrecision(precision))) {
            state.variables().forEach((name, type) -> state.set(name, values(type.dtype(), type.shape(), name.equals("rate") ? -0.1 : 1)));
            for (int i = 0; i < 2; i++) {
                executable.run(state, Map.of("x", values(DType.FLOAT32, x.shape(), 0.5)));
            }
            assertTrue(executable.report().lowered().stream().anyMatch(l -> l.implementation().equals("kernel sgd of 1 variable")),
                    () -> executable.report().lowered().toString());
            actual = Map.of("w", state.get("w"), "m", state.get("m"));
        }
        double epsilon = precision == Precision.FLOAT32 ? 1e-5 : precision == Precision.TF32 ? 4e-3 : 4e-2;
        for (String name : List.of("w", "m")) {
            assertArrayEquals(expected.get(name).toDoubles(), actual.get(name).toDoubles(), epsilon, name);
        }
    }

    /** In bfloat16 precision an image may be a gradient, or a new value: variables stay float32. */
    @Test
    void narrowOperands() {
        GraphBuilder builder = new GraphBuilder();
        Value x = builder.input("x", TensorType.of(DType.FLOAT32, 2, 8, 5, 3));
        Value w = builder.input("w", TensorType.of(DType.FLOAT32, 8, 8, 1, 1));
        Value y = Convolution.conv2d(x, w, Window.of(1), 1);
        Value rate = builder.variable("rate", TensorType.of(DType.FLOAT32), false);
        Update.node(new Sgd(0, false, 0, MomentumForm.RATE_OUTSIDE), builder.variable("stepped", y.type(), true), y, rate);
        Update.assign(builder.variable("taken", y.type(), true), y);
        Update.ema(builder.variable("averaged", y.type(), true), y, 0.5);
        Graph graph = builder.build();
        CompileOptions options = CompileOptions.defaults().withPrecision(Precision.BFLOAT16);
        double[] images = IntStream.range(0, 240).mapToDouble(i -> i / 15 % 8 + i % 15 * 8).toArray();
        try (State state = backend.createState(graph.variables()); Executable executable = backend.compile(graph, options)) {
            state.set("rate", Tensor.scalar(DType.FLOAT32, 1.0 / 256));
            state.set("stepped", Tensor.full(DType.FLOAT32, y.shape(), 1));
            // The identity: channel k of the result is channel k of the image.
            double[] identity = IntStream.range(0, 64).mapToDouble(i -> i % 9 == 0 ? 1 : 0).toArray();
            executable.run(state, Map.of("x", Tensor.of(DType.FLOAT32, images, 240).reshape(2, 8, 5, 3), "w",
                    Tensor.of(DType.FLOAT32, identity, 64).reshape(8, 8, 1, 1)));
            assertArrayEquals(images, state.get("taken").toDoubles());
            assertArrayEquals(IntStream.range(0, 240).mapToDouble(i -> images[i] / 2).toArray(), state.get("averaged").toDoubles());
            assertArrayEquals(IntStream.range(0, 240).mapToDouble(i -> 1 - images[i] / 256).toArray(), state.get("stepped").toDoubles());
        }
    }
}
