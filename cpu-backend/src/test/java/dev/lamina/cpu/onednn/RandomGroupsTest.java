package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.Tolerance;
import dev.lamina.backend.fusion.Fusion;
import dev.lamina.graph.Graph;
import dev.lamina.graph.cases.RandomNetworks;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        Graph graph = RandomNetworks.of(seed).graph();
        GroupOrderTest.runsInOrder(graph, Fusion.groups(graph, CompileOptions.defaults(), Compiler.FUSION));
        GroupOrderTest.runsInOrder(graph, Fusion.groups(graph, CompileOptions.defaults().without(Pass.FUSION), Compiler.FUSION));
    }

    /** Against unfused steps here and against the reference, whose arithmetic is double. */
    @Property(tries = 15)
    void groupsChangeNoResult(@ForAll long seed) {
        if (backend == null) {
            return;
        }
        RandomNetworks.Drawn drawn = RandomNetworks.of(seed);
        CompileOptions defaults = CompileOptions.defaults();
        Map<String, Tensor> expected = run(reference, drawn, defaults);
        List<String> failures = new ArrayList<>();
        for (CompileOptions options : List.of(defaults, defaults.without(Pass.FUSION), defaults.keepingAll(),
                defaults.without(Pass.IN_PLACE), defaults.without(Pass.SIMPLIFICATION))) {
            Map<String, Tensor> actual = run(backend, drawn, options);
            // A few layers of 153 products each, and gradients through as many.
            Parity.compare(expected, actual, d -> new Tolerance(d, 153 * 64, 1), options.toString(), failures);
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures) + "\n" + drawn.graph());
    }

    private static Map<String, Tensor> run(Backend backend, RandomNetworks.Drawn drawn, CompileOptions options) {
        try (State state = backend.createState(drawn.graph().variables());
                Executable executable = backend.compile(drawn.graph(), options)) {
            drawn.variables().forEach(state::set);
            Map<String, Tensor> results = new LinkedHashMap<>(executable.call(state, drawn.inputs()));
            state.variables().keySet().forEach(name -> results.put("state/" + name, state.get(name)));
            return results;
        }
    }
}
