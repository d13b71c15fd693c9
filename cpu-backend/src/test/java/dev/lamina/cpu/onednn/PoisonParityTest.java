package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.GridCases;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.parity.Parity;
import dev.lamina.parity.Readings;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * No kernel leaves an element of its results unwritten, and none reads what has not been written: whatever memory is filled with before a
 * run, every value that can be read afterwards has the same bits. Kept values lie for themselves; without that, memory is shared.
 */
class PoisonParityTest {
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

    @TestFactory
    Stream<DynamicContainer> memoryBeforeARunIsOfNoInfluence() {
        return Stream.of(dynamicContainer("ops", tests(OpCases.all())), dynamicContainer("grids", tests(GridCases.all())));
    }

    private static Stream<DynamicTest> tests(List<OpCase> cases) {
        return IntStream.range(0, cases.size()).mapToObj(i -> dynamicTest(cases.get(i).name(), () -> check(cases.get(i), i)));
    }

    private static void check(OpCase c, int number) {
        CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
        CompileOptions defaults = CompileOptions.defaults();
        List<String> failures = new ArrayList<>();
        for (Backend backend : List.of(reference, tested)) {
            compare(graph, backend, defaults.keepingAll(), failures);
        }
        compare(graph, number % 2 == 0 ? tested : reference, defaults, failures);
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }

    private static void compare(CaseGraph graph, Backend backend, CompileOptions options, List<String> failures) {
        Parity.compareBits(Readings.of(graph, backend, options.poisoned(Poison.ONES)),
                Readings.of(graph, backend, options.poisoned(Poison.MIXED)),
                backend.name() + (options.keepAll() ? " keeping all" : ""), failures);
    }
}
