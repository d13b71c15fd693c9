package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.GridCases;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case on the tested backend in float32 against the reference in float64, which stands for exact arithmetic: results, gradients and
 * state, with default options and with each pass switched off. Cases with state run twice, so that what an update stored is read again.
 */
class ParityTest {
    /** Those that the tested backend heeds in every case; kernels of the reference are compared with it in some. */
    private static final Set<Pass> PASSES = EnumSet.complementOf(EnumSet.of(Pass.ALGORITHM_SEARCH, Pass.CAPTURE, Pass.FAST_KERNELS));
    private static Backend reference;
    private static Backend tested;

    @BeforeAll
    static void open() {
        tested = Tested.open();
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        for (Backend backend : new Backend[] {tested, reference}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    @Test
    void listsAreLong() {
        assertTrue(OpCases.all().size() >= 700, "op cases: " + OpCases.all().size());
        assertTrue(GridCases.all().size() >= 900, "grid cases: " + GridCases.all().size());
    }

    @TestFactory
    Stream<DynamicContainer> agreesWithTheReference() {
        return Stream.of(
                dynamicContainer("ops", numbered(OpCases.all(), ParityTest::agrees)),
                dynamicContainer("grids", numbered(GridCases.all(), ParityTest::agrees)));
    }

    /** Types that a library lacks run on other kernels: the shared list in float64, with its own much smaller tolerance. */
    @TestFactory
    Stream<DynamicTest> agreesWithTheReferenceInDouble() {
        return numbered(OpCases.all(), (c, _) -> {
            CaseGraph graph = new CaseGraph(c, DType.FLOAT64);
            List<String> failures = new ArrayList<>();
            CompileOptions defaults = CompileOptions.defaults();
            Parity.compare(graph.run(reference, defaults), graph.run(tested, defaults), c::tolerance, "float64", failures);
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        });
    }

    private interface Check {
        void check(OpCase c, int number);
    }

    private static Stream<DynamicTest> numbered(List<OpCase> cases, Check check) {
        return IntStream.range(0, cases.size()).mapToObj(i -> dynamicTest(cases.get(i).name(), () -> check.check(cases.get(i), i)));
    }

    private static void agrees(OpCase c, int number) {
        CaseGraph narrow = new CaseGraph(c, DType.FLOAT32);
        int runs = narrow.hasState() ? 2 : 1;
        CompileOptions defaults = CompileOptions.defaults();
        Map<String, Tensor> expected = new CaseGraph(c, DType.FLOAT64).run(reference, defaults, runs);
        Map<String, Tensor> byDefault = narrow.run(tested, defaults, runs);
        List<String> failures = new ArrayList<>();
        Parity.compare(expected, byDefault, c::tolerance, "default options", failures);
        for (Pass pass : PASSES) {
            Map<String, Tensor> actual = narrow.run(tested, defaults.without(pass), runs);
            Parity.compare(expected, actual, c::tolerance, "without " + pass, failures);
            if (pass == Pass.MEMORY_REUSE || pass == Pass.IN_PLACE) {
                Parity.compareBits(byDefault, actual, "without " + pass + " against default options", failures);
            }
        }
        if (number % 4 == 2) {
            Map<String, Tensor> plain = narrow.run(tested, defaults.without(Pass.FAST_KERNELS), runs);
            Parity.compare(expected, plain, c::tolerance, "without FAST_KERNELS", failures);
        }
        Parity.compare(expected, narrow.run(tested, defaults.keepingAll(), runs), c::tolerance, "keeping all", failures);
        if (number % 4 == 0) {
            Map<String, Tensor> once = narrow.run(tested, defaults.requiringDeterminism(), runs);
            Parity.compare(expected, once, c::tolerance, "deterministic", failures);
            Parity.compareBits(once, narrow.run(tested, defaults.requiringDeterminism(), runs), "deterministic, again", failures);
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }
}
