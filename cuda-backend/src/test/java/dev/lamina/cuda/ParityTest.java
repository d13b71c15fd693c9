package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case on the device in float32, and the shorter list in float64, against the reference in float64, which stands for exact
 * arithmetic: results, gradients and state. Cases with state run twice, so that what an update stored is read again; the second run is
 * captured.
 */
class ParityTest {
    private static Backend reference;
    private static CudaBackend guarded;
    private static CudaBackend plain;

    @BeforeAll
    static void open() {
        guarded = Tested.open();
        plain = Tested.open(Settings.defaults().searching(false));
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        for (Backend backend : new Backend[] {plain, guarded, reference}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    @TestFactory
    Stream<DynamicContainer> agreesInFloat32() {
        return ParityCases.all(ParityTest::agrees);
    }

    @TestFactory
    Stream<DynamicTest> agreesInFloat64() {
        return ParityCases.of(OpCases.all(), (c, _) -> {
            CaseGraph graph = new CaseGraph(c, DType.FLOAT64);
            List<String> failures = new ArrayList<>();
            CompileOptions defaults = CompileOptions.defaults();
            Parity.compare(graph.run(reference, defaults), graph.run(guarded, defaults), c::tolerance, "float64", failures);
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        });
    }

    private static Map<String, Tensor> exact(OpCase c, int runs) {
        return new CaseGraph(c, DType.FLOAT64).run(reference, CompileOptions.defaults(), runs);
    }

    private static void agrees(OpCase c, int number) {
        CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
        int runs = graph.hasState() ? 2 : 1;
        CompileOptions defaults = CompileOptions.defaults();
        Map<String, Tensor> expected = exact(c, runs);
        Map<String, Tensor> byDefault = graph.run(guarded, defaults, runs);
        List<String> failures = new ArrayList<>();
        Parity.compare(expected, byDefault, c::tolerance, "default options", failures);
        Parity.compareBits(byDefault, graph.run(plain, defaults, runs), "without guards", failures);
        if (number % 4 == 0) {
            CompileOptions once = defaults.requiringDeterminism();
            Map<String, Tensor> first = graph.run(plain, once, runs);
            Parity.compare(expected, first, c::tolerance, "deterministic", failures);
            Parity.compareBits(first, graph.run(plain, once, runs), "deterministic, again", failures);
        }
        if (number % 4 == 1) {
            Parity.compare(expected, graph.run(plain, defaults.without(Pass.FUSION), runs), c::tolerance, "without FUSION", failures);
        }
        if (number % 4 == 2) {
            Parity.compare(expected, graph.run(guarded, defaults.keepingAll(), runs), c::tolerance, "keeping all", failures);
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }
}
