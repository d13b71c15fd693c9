package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
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
import dev.lamina.parity.Parity;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Values in places that are easily confused: views, sources as outputs, variables before and after their update, memory given on. */
class ExecutableValuesTest {
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

    /** All options under which a graph means the same. */
    private static List<CompileOptions> options() {
        CompileOptions defaults = CompileOptions.defaults();
        return List.of(defaults, defaults.keepingAll(), defaults.without(Pass.SIMPLIFICATION),
                new CompileOptions(defaults.precision(), true, false, EnumSet.of(Pass.FAST_KERNELS)),
                new CompileOptions(defaults.precision(), true, false, EnumSet.noneOf(Pass.class)));
    }

    /** Runs the graph here and on the reference; all outputs and the state must agree. */
    private void agrees() {
        Graph graph = g.build();
        Map<String, Tensor> expected = OneDnn.run(reference, graph, CompileOptions.defaults(), 2);
        for (CompileOptions options : options()) {
            List<String> failures = new ArrayList<>();
            Parity.compare(expected, OneDnn.run(backend, graph, options, 2), d -> Tolerance.of(d, 200), options.toString(), failures);
            assertTrue(failures.isEmpty(), () -> failures + "\n" + graph);
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
    void inputsThatNothingNeedsAreTakenAndIgnored() {
        Value x = floats("x", 2, 2);
        Value never = Source.scalar(g, DType.BOOL, 0);
        g.output("y", Pointwise.where(never, floats("unused", 2, 2), x).plus(floats("zeros", 2, 2).times(0)));
        agrees();
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
