package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.CompileOptions.Precision;
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
    /** Every so many cases in the default suite, which the emulator computes on one core. */
    private static final int SAMPLE = 8;

    private static CudaBackend backend;

    @BeforeAll
    static void open() {
        backend = Tested.open(Settings.defaults().searching(false));
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static List<OpCase> cases() {
        return Stream.concat(OpCases.all().stream(), GridCases.all().stream()).toList();
    }

    private static DynamicTest test(OpCase c, CompileOptions... variants) {
        return dynamicTest(c.name(), () -> {
            CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
            List<String> failures = new ArrayList<>();
            for (CompileOptions options : variants) {
                Readings.comparePoisons(graph, backend, options.requiringDeterminism(), failures);
            }
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        });
    }

    @TestFactory
    Stream<DynamicTest> memoryBeforeARunIsOfNoInfluence() {
        List<OpCase> all = cases();
        return IntStream.range(0, all.size()).filter(i -> i % SAMPLE == 0)
                .mapToObj(i -> test(all.get(i), CompileOptions.defaults().keepingAll()));
    }

    @TestFactory
    @Tag("slow")
    Stream<DynamicTest> memoryBeforeARunIsOfNoInfluenceOnAnyCase() {
        CompileOptions defaults = CompileOptions.defaults();
        return cases().stream().map(c -> test(c, defaults, defaults.keepingAll(), defaults.without(Pass.FAST_KERNELS),
                defaults.withPrecision(Precision.BFLOAT16).keepingAll()));
    }

    /** The second step is recorded, the third replayed. */
    @TestFactory
    Stream<DynamicTest> trainingDoesNotDependOnMemoryBeforeARun() {
        CompileOptions options = CompileOptions.defaults().requiringDeterminism();
        return Readings.models().stream().map(model -> dynamicTest(model.name(), () -> {
            List<String> failures = new ArrayList<>();
            Map<String, Tensor> clean = Readings.training(model, backend, options);
            for (Poison poison : List.of(Poison.ONES, Poison.MIXED)) {
                Parity.compareBits(clean, Readings.training(model, backend, options.poisoned(poison)), poison.toString(), failures);
            }
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        }));
    }
}
