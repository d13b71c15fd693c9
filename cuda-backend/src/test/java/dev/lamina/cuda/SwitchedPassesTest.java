package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.CompileReport;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.natives.UserCache;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.GridCases;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.parity.Parity;
import dev.lamina.parity.Readings;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Runs without capture, without measured algorithms and without the libraries' kernels say the same. */
class SwitchedPassesTest {
    private static final CompileOptions DEFAULTS = CompileOptions.defaults();
    private static final List<String> SEARCHES = List.of("cudnnFindConvolutionForwardAlgorithmEx");
    private static final List<String> LIBRARY = List.of("cudnnConvolutionForward", "cudnnConvolutionBiasActivationForward",
            "cudnnConvolutionBackwardData", "cudnnConvolutionBackwardFilter", "cublasGemmEx", "cublasGemmStridedBatchedEx");

    private static Backend reference;
    private static CudaBackend backend;

    @BeforeAll
    static void open() {
        backend = Tested.open(Settings.defaults().searching(false));
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

    private static long calls(List<String> functions) {
        return functions.stream().mapToLong(Emulator.control()::count).sum();
    }

    @TestFactory
    Stream<DynamicTest> trainingWithoutCaptureGivesTheSameBits() {
        CompileOptions options = DEFAULTS.requiringDeterminism();
        return Readings.models().stream().map(model -> dynamicTest(model.name(), () -> {
            List<String> failures = new ArrayList<>();
            Parity.compareBits(Readings.training(model, backend, options), Readings.training(model, backend, options.without(Pass.CAPTURE)),
                    "without CAPTURE", failures);
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        }));
    }

    /** What the options leave on, settings switch off, and the other way round. */
    @Test
    void aRunIsAGraphOnlyIfSettingsAndOptionsAllowIt() {
        assumeTrue(Tested.isEmulated(), "counts are the emulator's");
        assertTrue(graphLaunches(backend, DEFAULTS) > 0);
        assertEquals(0, graphLaunches(backend, DEFAULTS.without(Pass.CAPTURE)));
        try (CudaBackend plain = Tested.open(Settings.defaults().searching(false).capturing(false))) {
            assertEquals(0, graphLaunches(plain, DEFAULTS));
        }
    }

    private static long graphLaunches(CudaBackend on, CompileOptions options) {
        Graph graph = FaultRig.net(false);
        try (State state = on.createState(graph.variables()); Executable executable = on.compile(graph, options)) {
            Emulator.control().reset();
            for (int i = 0; i < 3; i++) {
                executable.run(state, FaultRig.inputs());
            }
            return Emulator.control().count("graphLaunches");
        }
    }

    /** With a cache of its own, as choices that other tests have measured need no measuring. */
    @Test
    void algorithmsAreMeasuredOnlyIfSettingsAndOptionsAllowItAndGiveTheSame(@TempDir Path cache) {
        assumeTrue(Tested.isEmulated(), "counts are the emulator's");
        String before = System.getProperty(UserCache.PROPERTY);
        System.setProperty(UserCache.PROPERTY, cache.toString());
        try (CudaBackend measuring = Tested.open(Settings.defaults())) {
            Outcome guessed = outcome(measuring, DEFAULTS.without(Pass.ALGORITHM_SEARCH));
            Outcome measured = outcome(measuring, DEFAULTS);
            assertEquals(0, guessed.searches);
            assertTrue(measured.searches > 0);
            assertEquals(guessed.results, measured.results);
            assertEquals(new Outcome(0, measured.results), outcome(backend, DEFAULTS), "settings forbid it");
        } finally {
            if (before == null) {
                System.clearProperty(UserCache.PROPERTY);
            } else {
                System.setProperty(UserCache.PROPERTY, before);
            }
        }
    }

    /** How many searches there were in compiling, and what a run gave. */
    private record Outcome(long searches, String results) {
    }

    private static Outcome outcome(CudaBackend on, CompileOptions options) {
        Graph graph = FaultRig.net(false);
        Emulator.control().reset();
        try (State state = on.createState(graph.variables()); Executable executable = on.compile(graph, options)) {
            state.variables().forEach((name, type) -> state.set(name, FaultRig.ramp(name.length(), type.shape().toArray())));
            return new Outcome(calls(SEARCHES), FaultRig.text(executable.call(state, FaultRig.inputs())));
        }
    }

    private static boolean isProduct(Node node) {
        return node.op() instanceof Convolution || node.op() instanceof MatMul;
    }

    /** Cases with convolutions or matrix products: all of the ops, some of the grids, which are large. */
    private static List<OpCase> products() {
        List<OpCase> grids = GridCases.all();
        return Stream.concat(OpCases.all().stream(), IntStream.range(0, grids.size()).filter(i -> i % 16 == 0).mapToObj(grids::get))
                .filter(c -> new CaseGraph(c, DType.FLOAT32).graph().nodes().stream().anyMatch(SwitchedPassesTest::isProduct)).toList();
    }

    @TestFactory
    Stream<DynamicTest> productsWithoutFastKernelsAgreeWithTheReference() {
        List<OpCase> all = products();
        assertTrue(all.size() > 80, "cases: " + all.size());
        return IntStream.range(0, all.size()).mapToObj(i -> dynamicTest(all.get(i).name(), () -> check(all.get(i), i)));
    }

    private static void check(OpCase c, int number) {
        CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
        int runs = graph.hasState() ? 2 : 1;
        CompileOptions plain = DEFAULTS.without(Pass.FAST_KERNELS);
        List<String> failures = new ArrayList<>();
        Map<String, Tensor> expected = new CaseGraph(c, DType.FLOAT64).run(reference, DEFAULTS, runs);
        if (Tested.isEmulated()) {
            Emulator.control().reset();
        }
        Parity.compare(expected, graph.run(backend, plain, runs), c::tolerance, "without FAST_KERNELS", failures);
        // Kinks are NarrowParityTest's: here a sum is stored before its bias is added, which takes more of them across.
        if (number % 3 == 0 && !Parity.hasKinksBehindProducts(graph.graph())) {
            Parity.compare(expected, graph.run(backend, plain.withPrecision(Precision.BFLOAT16), runs),
                    dtype -> c.tolerance(dtype).withOperands(DType.BFLOAT16.epsilon()), "bfloat16 without FAST_KERNELS", failures);
        }
        assertEquals(0, Tested.isEmulated() ? calls(LIBRARY) : 0, "calls of libraries");
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }

    @TestFactory
    Stream<DynamicTest> doubleProductsWithoutFastKernelsAgreeWithTheReference() {
        return products().stream().limit(10).map(c -> dynamicTest(c.name(), () -> {
            CaseGraph graph = new CaseGraph(c, DType.FLOAT64);
            List<String> failures = new ArrayList<>();
            Parity.compare(graph.run(reference, DEFAULTS), graph.run(backend, DEFAULTS.without(Pass.FAST_KERNELS)), c::tolerance,
                    "float64", failures);
            assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
        }));
    }

    @Test
    void theReportSaysWhyNoLibraryComputes() {
        try (Executable executable = backend.compile(FaultRig.net(false), DEFAULTS.without(Pass.FAST_KERNELS))) {
            List<CompileReport.Lowered> products = executable.report().lowered().stream()
                    .filter(l -> l.note().contains("fast kernels are switched off")).toList();
            assertEquals(List.of("kernel convolution_forward", "kernel convolution_forward", "kernel product"),
                    products.stream().map(CompileReport.Lowered::implementation).toList());
        }
    }
}
