package dev.lamina.cuda;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.graph.cases.GridCases;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/** The shared cases as tests. */
final class ParityCases {
    private ParityCases() { }

    /** What is checked of a case; the number is its place in its list. */
    interface Check {
        void check(OpCase c, int number);
    }

    /** Both lists. */
    static Stream<DynamicContainer> all(Check check) {
        return Stream.of(dynamicContainer("ops", of(OpCases.all(), check)), dynamicContainer("grids", of(GridCases.all(), check)));
    }

    /** One list. */
    static Stream<DynamicTest> of(List<OpCase> cases, Check check) {
        return IntStream.range(0, cases.size()).mapToObj(i -> dynamicTest(cases.get(i).name(), () -> check.check(cases.get(i), i)));
    }
}
