package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.GridCases;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.parity.Parity;
import dev.lamina.parity.Readings;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * No kernel leaves an element of its results unwritten, and none reads what has not been written: whatever memory is filled with before a
 * run, every value that can be read afterwards has the same bits. Kept values lie for themselves; without that, memory is shared.
 */
class PoisonParityTest {
    /** Every so many cases of the grids, which are large, are in the default suite. */
    private static final int GRIDS = 24;
    /** On the reference, of which other tests say more, every so many of the ops. */
    private static final int REFERENCE = 4;

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

    private static DynamicTest test(OpCase c, Backend backend, CompileOptions... variants) {
        return dynamicTest(c.name() + " on " + backend.name(), () -> {
            CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
            List<String> failures = new ArrayList<>();
            for (CompileOptions options : variants) {
                Readings.comparePoisons(graph, backend, options, failures);
            }
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        });
    }

    @TestFactory
    Stream<DynamicTest> memoryBeforeARunIsOfNoInfluence() {
        CompileOptions options = CompileOptions.defaults().keepingAll();
        return Stream.concat(Stream.concat(OpCases.all().stream(), every(GRIDS, GridCases.all())).map(c -> test(c, tested, options)),
                every(REFERENCE, OpCases.all()).map(c -> test(c, reference, options)));
    }

    private static Stream<OpCase> every(int step, List<OpCase> cases) {
        return IntStream.range(0, cases.size()).filter(i -> i % step == 0).mapToObj(cases::get);
    }

    @TestFactory
    @Tag("slow")
    Stream<DynamicTest> memoryBeforeARunIsOfNoInfluenceOnAnyCase() {
        CompileOptions defaults = CompileOptions.defaults();
        return Stream.concat(OpCases.all().stream(), GridCases.all().stream()).flatMap(c -> Stream.of(
                test(c, reference, defaults, defaults.keepingAll()),
                test(c, tested, defaults, defaults.keepingAll(), defaults.without(Pass.FAST_KERNELS))));
    }

    @TestFactory
    Stream<DynamicTest> trainingDoesNotDependOnMemoryBeforeARun() {
        CompileOptions options = CompileOptions.defaults().requiringDeterminism();
        return Readings.models().stream().map(model -> dynamicTest(model.name(), () -> {
            List<String> failures = new ArrayList<>();
            Map<String, Tensor> clean = Readings.training(model, tested, options);
            for (Poison poison : List.of(Poison.ONES, Poison.MIXED)) {
                Parity.compareBits(clean, Readings.training(model, tested, options.poisoned(poison)), poison.toString(), failures);
            }
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        }));
    }
}
