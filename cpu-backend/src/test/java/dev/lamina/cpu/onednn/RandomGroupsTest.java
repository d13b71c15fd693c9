package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.Tolerance;
import dev.lamina.backend.fusion.Fusion;
import dev.lamina.graph.Graph;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Groups of random graphs run in order, and change no result. */
class RandomGroupsTest {
    private static OneDnnBackend backend;
    private static Backend reference;

    @BeforeContainer
    static void open() {
        if (new OneDnnProvider().probe().available()) {
            backend = OneDnn.open(2);
            reference = Backends.open("reference");
        }
    }

    @AfterContainer
    static void close() {
        if (backend != null) {
            backend.close();
            reference.close();
        }
    }

    @Property(tries = 1500)
    void groupsCoverTheGraphInAnOrderThatRuns(@ForAll long seed) {
        Optional<Graph> graph = RandomGraphs.of(seed);
        if (graph.isPresent()) {
            GroupOrderTest.runsInOrder(graph.get(), Fusion.groups(graph.get(), CompileOptions.defaults(), Compiler.FUSION));
            GroupOrderTest.runsInOrder(graph.get(),
                    Fusion.groups(graph.get(), CompileOptions.defaults().without(Pass.FUSION), Compiler.FUSION));
        }
    }

    /** Against unfused steps here and against the reference, whose arithmetic is double. */
    @Property(tries = 15)
    void groupsChangeNoResult(@ForAll long seed) {
        Optional<Graph> drawn = RandomGraphs.of(seed);
        if (backend == null || drawn.isEmpty()) {
            return;
        }
        Graph graph = drawn.get();
        CompileOptions defaults = CompileOptions.defaults();
        Map<String, Tensor> expected = OneDnn.run(reference, graph, defaults, 1);
        List<String> failures = new ArrayList<>();
        for (CompileOptions options : List.of(defaults, defaults.without(Pass.FUSION), defaults.keepingAll(),
                defaults.without(Pass.IN_PLACE), defaults.without(Pass.SIMPLIFICATION))) {
            Map<String, Tensor> actual = OneDnn.run(backend, graph, options, 1);
            // A few layers of 153 products each, and gradients through as many.
            Parity.compare(expected, actual, d -> new Tolerance(d, 153 * 64, 1), options.toString(), failures);
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures) + "\n" + graph);
    }
}
