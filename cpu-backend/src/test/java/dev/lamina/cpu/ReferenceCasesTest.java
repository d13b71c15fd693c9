package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Comparison;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every case in float32 and float64, with its gradients, under all memory options. The backend starts its memory as NaN. */
class ReferenceCasesTest {
    private static final Backend BACKEND = Backends.open("reference");

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void listIsLong() {
        assertTrue(OpCases.all().size() >= 250, "cases: " + OpCases.all().size());
    }

    @TestFactory
    Stream<DynamicTest> everyElementIsWrittenAndPrecisionsAgree() {
        return OpCases.all().stream().map(c -> dynamicTest(c.name(), () -> {
            Map<String, Tensor> narrow = new CaseGraph(c, DType.FLOAT32).run(BACKEND, CompileOptions.defaults());
            Map<String, Tensor> wide = new CaseGraph(c, DType.FLOAT64).run(BACKEND, CompileOptions.defaults());
            assertEquals(wide.keySet(), narrow.keySet());
            wide.forEach((name, expected) -> agree(c, name, expected, narrow.get(name)));
        }));
    }

    private static void agree(OpCase c, String name, Tensor expected, Tensor actual) {
        assertTrue(Arrays.stream(actual.toDoubles()).allMatch(Double::isFinite), () -> name + ": " + actual);
        Comparison comparison = c.tolerance(actual.dtype()).compare(expected, actual);
        assertTrue(comparison.agrees(), () -> name + ": " + comparison);
    }

    @TestFactory
    Stream<DynamicTest> memoryOptionsChangeNoBit() {
        CompileOptions defaults = CompileOptions.defaults();
        return OpCases.all().stream().map(c -> dynamicTest(c.name(), () -> {
            CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
            Map<String, Tensor> expected = graph.run(BACKEND, defaults);
            for (CompileOptions options : new CompileOptions[] {defaults.without(Pass.MEMORY_REUSE), defaults.without(Pass.IN_PLACE),
                defaults.keepingAll(), defaults.requiringDeterminism()}) {
                Map<String, Tensor> actual = graph.run(BACKEND, options);
                assertEquals(expected.keySet(), actual.keySet());
                expected.forEach((name, tensor) -> assertArrayEquals(bytes(tensor), bytes(actual.get(name)), name + " under " + options));
            }
        }));
    }

    private static byte[] bytes(Tensor tensor) {
        return tensor.contiguous().memory().toArray(ValueLayout.JAVA_BYTE);
    }
}
