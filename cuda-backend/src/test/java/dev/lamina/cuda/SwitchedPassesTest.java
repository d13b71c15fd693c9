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
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Window;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Runs without capture, without measured algorithms and without the libraries' kernels say the same. */
class SwitchedPassesTest {
    private static final CompileOptions DEFAULTS = CompileOptions.defaults();
    private static final List<String> SEARCHES = List.of("cudnnFindConvolutionForwardAlgorithmEx",
            "cudnnFindConvolutionBackwardDataAlgorithmEx", "cudnnFindConvolutionBackwardFilterAlgorithmEx");
    private static final List<String> LIBRARY = List.of("cudnnConvolutionForward", "cudnnConvolutionBiasActivationForward",
            "cudnnConvolutionBackwardData", "cudnnConvolutionBackwardFilter", "cublasGemmEx", "cublasGemmStridedBatchedEx");

    private static Backend reference;
    private static CudaBackend backend;

    @BeforeAll
    static void open() {
        backend = Tested.open(Settings.defaults());
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
        CompileOptions options = DEFAULTS.without(Pass.ALGORITHM_SEARCH).requiringDeterminism();
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
        try (CudaBackend plain = Tested.open(Settings.defaults().capturing(false))) {
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

    @Test
    void algorithmsAreMeasuredOnlyIfSettingsAndOptionsAllowIt() {
        assumeTrue(Tested.isEmulated(), "counts are the emulator's");
        try (CudaBackend plain = Tested.open(Settings.defaults().searching(false))) {
            assertEquals(0, searches(plain, DEFAULTS, 5));
        }
        assertEquals(0, searches(backend, DEFAULTS.without(Pass.ALGORITHM_SEARCH), 5));
        assertTrue(searches(backend, DEFAULTS, 5) > 0);
    }

    /** Of a window that no other test has, so that no choice is remembered. */
    private static long searches(CudaBackend on, CompileOptions options, int size) {
        var g = new GraphBuilder();
        var x = g.input("x", TensorType.of(DType.FLOAT32, 1, 3, 2 * size + 1, 2 * size + 3));
        var w = g.variable("w", TensorType.of(DType.FLOAT32, 7, 3, size, size), true);
        g.output("y", Convolution.conv2d(x, w, Window.of(size), 1));
        Emulator.control().reset();
        on.compile(g.build(), options).close();
        return calls(SEARCHES);
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

    @TestFactory
    Stream<DynamicTest> guessedAlgorithmsAgreeWithMeasuredOnes() {
        return products().stream().filter(c -> c.name().contains("conv")).limit(12).map(c -> dynamicTest(c.name(), () -> {
            CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
            List<String> failures = new ArrayList<>();
            Parity.compare(graph.run(backend, DEFAULTS), graph.run(backend, DEFAULTS.without(Pass.ALGORITHM_SEARCH)), c::tolerance,
                    "without ALGORITHM_SEARCH", failures);
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
