package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What goes into an executable, what can be read of it, and what it refuses. */
class OneDnnExecutableTest {
    private static OneDnnBackend backend;
    private static Backend reference;

    private final GraphBuilder g = new GraphBuilder();

    @BeforeAll
    static void open() {
        backend = OneDnn.open(2);
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
            reference.close();
        }
    }

    private Value floats(String name, long... dims) {
        return g.input(name, TensorType.of(DType.FLOAT32, dims));
    }

    private static String argument(org.junit.jupiter.api.function.Executable action) {
        return assertThrows(IllegalArgumentException.class, action).getMessage();
    }

    private static String state(org.junit.jupiter.api.function.Executable action) {
        return assertThrows(IllegalStateException.class, action).getMessage();
    }

    /** All options under which a graph means the same. */
    private static List<CompileOptions> options() {
        CompileOptions defaults = CompileOptions.defaults();
        return List.of(defaults, defaults.keepingAll(), defaults.without(Pass.SIMPLIFICATION),
                new CompileOptions(defaults.precision(), true, false, EnumSet.noneOf(Pass.class)));
    }

    /** Runs the graph here and on the reference; all outputs and the state must agree. */
    private void agrees() {
        Graph graph = g.build();
        Map<String, Tensor> expected = OneDnn.run(reference, graph, CompileOptions.defaults(), 2);
        for (CompileOptions options : options()) {
            List<String> failures = new ArrayList<>();
            Tested.compare(expected, OneDnn.run(backend, graph, options, 2), d -> Tolerance.of(d, 200), options.toString(), failures);
            assertTrue(failures.isEmpty(), () -> failures + "\n" + graph);
        }
    }

    @Test
    void refusesWrongInputs() {
        Value x = floats("x", 2);
        g.output("y", Pointwise.exp(x.plus(floats("z", 2))));
        try (Executable executable = backend.compile(g.build(), CompileOptions.defaults()); State state = backend.createState(List.of())) {
            Tensor two = Tensor.of(new float[2]);
            assertEquals("run: input \"z\" is missing, needs float32 [2].",
                    argument(() -> executable.run(state, Map.of("x", two))));
            assertEquals("run: input \"x\" is missing, needs float32 [2].",
                    argument(() -> executable.run(state, Map.of("z", two, "y", two))));
            assertEquals("run: input \"x\" is float32 [3], needs float32 [2].",
                    argument(() -> executable.run(state, Map.of("x", Tensor.of(new float[3]), "z", two))));
            assertEquals("run: input \"z\" is int32 [2], needs float32 [2].",
                    argument(() -> executable.run(state, Map.of("x", two, "z", Tensor.of(new int[2])))));
            assertEquals("run: input \"q\" is unknown; the graph has [x, z].",
                    argument(() -> executable.run(state, Map.of("x", two, "z", two, "q", two))));
        }
    }

    @Test
    void readsOnlyWhatThereIs() {
        Value x = floats("x", 2, 3);
        Value inner = Pointwise.exp(x);
        g.output("y", Pointwise.square(inner));
        Value elsewhere = new GraphBuilder().input("x", x.type());
        try (Executable executable = backend.compile(g.build(), CompileOptions.defaults()); State state = backend.createState(List.of())) {
            assertTrue(state(() -> executable.read("y")).contains("\"square\": nothing has been run"));
            executable.run(state, OneDnn.draw(List.of(x)));
            assertArrayEquals(OneDnn.bytes(executable.read("y")), OneDnn.bytes(executable.read(executable.graph().output("y"))));
            assertTrue(state(() -> executable.read(inner)).contains("keepAll"));
            assertTrue(argument(() -> executable.read(elsewhere)).contains("not computed by this graph"));
            assertThrows(GraphException.class, () -> executable.read("inner"));
            assertEquals("read: output \"y\" is float32 [2, 3], the tensor is float32 [3, 2].",
                    argument(() -> executable.read("y", Tensor.zeros(DType.FLOAT32, Shape.of(3, 2)))));
        }
    }

    /** Fills that chains take as constants, views that nobody reads as memory, variables that only pass through. */
    @Test
    void keepAllReadsEveryValue() {
        Value x = floats("x", 2, 17, 5, 5);
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 18, 17, 3, 3), true);
        Value unread = g.variable("unread", TensorType.of(DType.FLOAT32, 3), false);
        Value y = Pointwise.relu(Convolution.conv2d(x, w, Window.of(3), 1)).plus(2).times(Source.fillLike(w, 3).shape().dim(0));
        Value flat = Shaping.flatten(y);
        Value view = Shaping.stopGradient(Shaping.reshape(flat, Shape.of(4, 81)));
        Value pooled = Reduction.mean(view, 1);
        g.output("z", pooled.plus(Shaping.slice(Pointwise.cast(g.seed(), DType.FLOAT32).plus(Source.fillLike(pooled, 1)), 0, 0, 4)));
        g.output("passing", Shaping.reshape(Shaping.stopGradient(unread), Shape.of(3, 1)));
        g.output("dangling", Shaping.reshape(y, Shape.of(2, 162)).plus(1));
        Graph graph = g.build();
        CompileOptions keeping = CompileOptions.defaults().keepingAll();
        try (Executable here = backend.compile(graph, keeping); State own = backend.createState(graph.variables());
                Executable there = reference.compile(graph, keeping); State other = reference.createState(graph.variables())) {
            OneDnn.draw(graph.variables()).forEach((name, value) -> {
                own.set(name, value);
                other.set(name, value);
            });
            here.run(own, OneDnn.draw(graph.inputs()));
            there.run(other, OneDnn.draw(graph.inputs()));
            for (Node node : graph.nodes()) {
                for (Value value : node.outputs()) {
                    var comparison = Tolerance.of(DType.FLOAT32, 200).compare(there.read(value), here.read(value));
                    assertTrue(comparison.agrees(), () -> value + ": " + comparison);
                }
            }
        }
    }

    @Test
    void outputsMayBeViewsSourcesAndOneAnother() {
        Value x = floats("x", 2, 17, 4, 4);
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 16, 17, 3, 3), true);
        Value y = Convolution.conv2d(x, w, Window.of(3), 1);
        g.output("x", x).output("w", w).output("flat w", Shaping.flatten(w));
        g.output("y", y).output("again", y).output("flat", Shaping.flatten(y)).output("stopped", Shaping.stopGradient(y));
        g.output("constant", Source.constant(g, OneDnn.draw(5, 3, 2)));
        g.output("fill", Source.fill(g, TensorType.of(DType.INT64, 2, 2), -7)).output("flag", Source.scalar(g, DType.BOOL, 1));
        g.output("empty", Source.fill(g, TensorType.of(DType.FLOAT32, 2, 0), 1));
        agrees();
    }

    @Test
    void updatedVariablesMayBeRead() {
        Value x = floats("x", 2, 17, 4, 4);
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 16, 17, 3, 3), true);
        Value y = Convolution.conv2d(x, w, Window.of(3), 1);
        Value next = Update.assign(w, w.plus(Source.fillLike(w, 1)));
        g.output("y", y).output("next", next).output("flat", Shaping.flatten(next));
        g.output("with the new filter", Convolution.conv2d(x, next, Window.of(3), 1));
        Value count = g.variable("count", TensorType.of(DType.INT64), false);
        g.output("count", Update.assign(count, count.plus(1)));
        agrees();
    }

    /** A value of the state alone, wanted in two layouts and computed in one pass with a value of the input. */
    @Test
    void valuesOfTheStateShareAPassWithOthers() {
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 16, 17, 3, 3), true);
        Value scaled = w.times(2);
        Value same = floats("same", 16, 17, 3, 3);
        Value mixed = scaled.plus(same);
        g.output("mixed", mixed);
        g.output("y", Convolution.conv2d(floats("x", 2, 17, 4, 4), scaled, Window.of(3), 1));
        g.output("sums", Reduction.sum(mixed, 1, 2, 3));
        agrees();
    }

    /** An operand that is there twice, as itself and as a view, gives its memory to one result only. */
    @Test
    void resultsOfOnePassDoNotShareMemory() {
        Value y = Convolution.conv2d(floats("x", 2, 17, 6, 6), floats("w", 17, 17, 3, 3), Window.of(3), 1);
        Value shifted = Pointwise.tanh(Shaping.stopGradient(y)).plus(1);
        Value first = shifted.plus(y);
        Value second = first.times(y);
        g.output("rows", Reduction.sum(first, 0, 1, 3)).output("columns", Reduction.sum(second, 0, 1, 2));
        agrees();
    }

    @Test
    void aFilterMayHaveTwoNumbersOfGroups() {
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 36, 5, 3, 3), true);
        Value one = Convolution.conv2d(floats("x", 2, 5, 4, 4), w, Window.of(3), 1);
        Value two = Convolution.conv2d(floats("z", 2, 10, 4, 4), w, Window.of(3), 2);
        Value loss = Reduction.sum(Pointwise.square(one)).plus(Reduction.sum(two));
        g.output("one", one).output("two", two).output("gradient", Gradients.of(loss, List.of(w)).getFirst());
        agrees();
    }

    @Test
    void tensorsMayBeViewsOnEitherSide() {
        for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.INT64, DType.BOOL}) {
            GraphBuilder b = new GraphBuilder();
            Value x = b.input("x", TensorType.of(dtype, 3, 4));
            b.output("y", Shaping.transpose(x, 1, 0));
            Tensor row = OneDnn.draw(1, 4, 3).cast(dtype);
            try (Executable executable = backend.compile(b.build(), CompileOptions.defaults());
                    State state = backend.createState(List.of()); Arena arena = Arena.ofConfined()) {
                executable.run(state, Map.of("x", row.transpose(1, 0)));
                assertArrayEquals(OneDnn.bytes(row), OneDnn.bytes(executable.read("y")), dtype + ", a view in");
                Tensor into = Tensor.zeros(dtype, Shape.of(3, 4)).transpose(1, 0);
                executable.read("y", into);
                assertArrayEquals(OneDnn.bytes(row), OneDnn.bytes(into), dtype + ", a view out");
                Tensor outer = Tensor.allocate(arena, dtype, Shape.of(5, 4));
                Tensor part = outer.slice(0, 1, 4).copyFrom(row.transpose(1, 0));
                executable.run(state, Map.of("x", part));
                assertArrayEquals(OneDnn.bytes(row), OneDnn.bytes(executable.read("y")), dtype + ", a part of native memory in");
                Tensor wide = Tensor.allocate(arena, dtype, Shape.of(6, 3));
                executable.read("y", wide.slice(0, 2, 6));
                assertArrayEquals(OneDnn.bytes(row), OneDnn.bytes(wide.slice(0, 2, 6)), dtype + ", a part of native memory out");
            }
        }
    }

    /** A blocked result into a view. */
    @Test
    void blockedOutputsAreReadInRowMajorOrder() {
        Value x = floats("x", 2, 16, 6, 6);
        g.output("y", Convolution.conv2d(x, g.variable("w", TensorType.of(DType.FLOAT32, 17, 16, 3, 3), true), Window.of(3), 1));
        Graph graph = g.build();
        try (Executable executable = backend.compile(graph, CompileOptions.defaults());
                State state = backend.createState(graph.variables())) {
            OneDnn.draw(graph.variables()).forEach(state::set);
            executable.run(state, OneDnn.draw(graph.inputs()));
            Tensor into = Tensor.zeros(DType.FLOAT32, Shape.of(4, 4, 17, 2)).transpose(3, 2, 1, 0);
            executable.read("y", into);
            assertArrayEquals(OneDnn.bytes(executable.read("y")), OneDnn.bytes(into));
        }
    }

    @Test
    void closesTwiceAndRefusesUseAfterwards() {
        g.output("y", Pointwise.exp(floats("x", 2)));
        Executable executable = backend.compile(g.build(), CompileOptions.defaults());
        try (State state = backend.createState(List.of())) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[2]));
            executable.run(state, inputs);
            executable.close();
            executable.close();
            assertEquals("executable: is closed.", state(() -> executable.run(state, inputs)));
            assertEquals("executable: is closed.", state(() -> executable.read("y")));
        }
    }

    @Test
    void aValueOfTheStateIsNotReadAfterAnotherExecutableMovedIt() {
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 16, 17, 3, 3), true);
        g.output("w", w);
        GraphBuilder other = new GraphBuilder();
        Value x = other.input("x", TensorType.of(DType.FLOAT32, 1, 17, 4, 4));
        other.output("y", Convolution.conv2d(x, other.variable("w", w.type(), true), Window.of(3), 1));
        try (Executable first = backend.compile(g.build(), CompileOptions.defaults());
                Executable second = backend.compile(other.build(), CompileOptions.defaults()); State state = backend.createState(List.of(w))) {
            first.run(state, Map.of());
            assertEquals(0, first.read("w").get(0, 0, 0, 0));
            second.run(state, OneDnn.draw(List.of(x)));
            assertTrue(state(() -> first.read("w")).contains("Read it from the state"));
            first.run(state, Map.of());
            first.read("w");
        }
    }

    /** The contract allows each executable one thread at a time; the backend lets their runs take turns. */
    @Test
    void executablesOfDifferentStatesRunOnSeveralThreads() throws InterruptedException, ExecutionException {
        Value x = floats("x", 4, 17, 8, 8);
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 16, 17, 3, 3), true);
        Value y = Pointwise.relu(Convolution.conv2d(x, w, Window.of(3), 1));
        Update.assign(w, w.times(0.99));
        g.output("y", y).output("sum", Reduction.sum(y));
        Graph graph = g.build();
        byte[] expected = OneDnn.bytes(OneDnn.run(backend, graph, CompileOptions.defaults(), 20).get("y"));
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<byte[]>> results = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                results.add(threads.submit(() -> OneDnn.bytes(OneDnn.run(backend, graph, CompileOptions.defaults(), 20).get("y"))));
            }
            for (Future<byte[]> result : results) {
                assertArrayEquals(expected, result.get());
            }
        }
    }

    @Test
    void inputsThatNothingNeedsAreTakenAndIgnored() {
        Value x = floats("x", 2, 2);
        Value never = Source.scalar(g, DType.BOOL, 0);
        g.output("y", Pointwise.where(never, floats("unused", 2, 2), x).plus(floats("zeros", 2, 2).times(0)));
        agrees();
    }

    @Test
    void unsupportedNodesAreNamed() {
        g.output("o", Source.fill(g, TensorType.of(DType.UINT8, 1L << 31), 1));
        String text = assertThrows(BackendException.class, () -> backend.compile(g.build(), CompileOptions.defaults())).getMessage();
        assertTrue(text.startsWith("fill \"fill\": not supported by backend \"cpu\": uint8 [2147483648] has 2147483648 elements"), text);
    }

    @Test
    void refusesWhatDoesNotFit() {
        for (int i = 0; i < 200; i++) {
            g.output("o" + i, Source.fill(g, TensorType.of(DType.FLOAT64, 1L << 30), i));
        }
        BackendException error = assertThrows(BackendException.class, () -> backend.compile(g.build(), CompileOptions.defaults()));
        assertTrue(error.getMessage().contains("needs " + 200 * (8L << 30) + " bytes"), error.getMessage());
    }

    /** Matrix products of more axes than oneDNN knows, and of types that it lacks. */
    @Test
    void whatOneDnnLacksIsComputedAllTheSame() {
        Value a = floats("a", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4);
        g.output("many axes", MatMul.matmul(a, a, false, true));
        Value b = Pointwise.cast(floats("b", 3, 4), DType.FLOAT64);
        g.output("double", Pointwise.cast(MatMul.matmul(b, b, true, false), DType.FLOAT32));
        g.output("none", MatMul.matmul(floats("c", 2, 0), floats("d", 0, 3)));
        agrees();
    }
}
