package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileReport;
import dev.lamina.backend.Executable;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Window;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.GridCases;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Without fast kernels, the backend computes by the reference's kernels: the same bits, whatever runs them. */
class PlainKernelsTest {
    private static final CompileOptions PLAIN = CompileOptions.defaults().without(Pass.FAST_KERNELS);

    private static Backend reference;
    private static OneDnnBackend backend;

    @BeforeAll
    static void open() {
        backend = OneDnn.open(2);
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        for (Backend opened : new Backend[] {backend, reference}) {
            if (opened != null) {
                opened.close();
            }
        }
    }

    /** Batch normalisation stays by itself, as folded into weights it rounds otherwise. */
    @TestFactory
    Stream<DynamicTest> bitsAreThoseOfTheReference() {
        List<OpCase> all = OpCases.all();
        return IntStream.range(0, all.size()).filter(i -> i % 3 == 0)
                .mapToObj(i -> dynamicTest(all.get(i).name(), () -> check(all.get(i))));
    }

    @TestFactory
    @Tag("slow")
    Stream<DynamicTest> bitsAreThoseOfTheReferenceInAnyCase() {
        return Stream.concat(OpCases.all().stream(), GridCases.all().stream()).map(c -> dynamicTest(c.name(), () -> check(c)));
    }

    private static void check(OpCase c) {
        CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
        int runs = graph.hasState() ? 2 : 1;
        List<String> failures = new ArrayList<>();
        Parity.compareBits(graph.run(reference, CompileOptions.defaults(), runs),
                graph.run(backend, PLAIN.without(Pass.FUSION), runs), "plain kernels", failures);
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }

    @Test
    void theReportNamesTheReferenceForEveryNodeByItselfAndSaysWhy() {
        GraphBuilder g = new GraphBuilder();
        var x = g.input("x", TensorType.of(DType.FLOAT32, 2, 16, 6, 6));
        var w = g.variable("w", TensorType.of(DType.FLOAT32, 16, 16, 3, 3), true);
        g.output("y", Pointwise.relu(Convolution.conv2d(x, w, Window.of(3), 1)));
        try (Executable executable = backend.compile(g.build(), PLAIN)) {
            List<CompileReport.Lowered> lowered = executable.report().lowered();
            assertEquals(List.of("reference conv2d", "reference relu"),
                    lowered.stream().map(CompileReport.Lowered::implementation).toList());
            assertTrue(lowered.stream().allMatch(l -> l.nodes().size() == 1 && l.note().contains("switched off")), lowered::toString);
            assertTrue(executable.report().reorders().isEmpty(), executable.report()::toString);
        }
    }
}
