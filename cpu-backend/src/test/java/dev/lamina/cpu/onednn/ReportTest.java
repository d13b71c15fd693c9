package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileReport;
import dev.lamina.backend.Executable;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.models.Models;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.train.GradientHook;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainingGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What compilation tells of itself is what it made: implementations, reorders and memory. */
class ReportTest {
    private static OneDnnBackend backend;

    @BeforeAll
    static void open() {
        backend = OneDnn.open(2);
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private static Graph lenet(boolean training) {
        var model = Models.create("lenet", Shape.of(1, 28, 28), 10);
        var statistics = new ChannelStatistics(List.of(0.13), List.of(0.31));
        if (!training) {
            return TrainingGraph.prediction(model, statistics, 16).graph();
        }
        return TrainingGraph.training(model, statistics, TrainConfig.builder("lenet", "digits").batchSize(16).build(),
                Optimizer.parse("momentum", 1e-4), GradientHook.none(), 16).graph();
    }

    /** Every step that is not of a node is a reorder that the report names, and the other way round. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void listsTheReordersOfARun(boolean training) {
        Graph graph = lenet(training);
        try (NativeScope scope = new NativeScope(backend.engine())) {
            Assembly assembly = Compiler.compile(graph, CompileOptions.defaults(), scope, backend.team(), backend.stream());
            long copies = assembly.steps().stream().filter(step -> step.nodes().isEmpty()).count();
            List<CompileReport.Reorder> reorders = assembly.reorders();
            assertEquals(copies, reorders.size());
            for (CompileReport.Reorder reorder : reorders) {
                assertFalse(reorder.reason().isBlank(), reorder::toString);
                assertFalse(reorder.from().equals(reorder.to()), reorder::toString);
                assertTrue(reorder.bytes() > 0, reorder::toString);
            }
        }
    }

    /** A run moves images at the first layer and where maps become vectors, and no parameter. */
    @Test
    void lenetsTrainingStepMovesNoParameter() {
        Graph graph = lenet(true);
        Set<String> variables = new HashSet<>(graph.variables().stream().map(Value::name).toList());
        try (Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            for (CompileReport.Reorder reorder : executable.report().reorders()) {
                boolean parameter = variables.contains(reorder.value());
                assertTrue(!parameter || reorder.reason().startsWith("filter of") && reorder.reason().contains("Gradient"),
                        () -> reorder + " of\n" + lines(executable.report()));
            }
            assertTrue(executable.report().reorders().size() <= 10, () -> lines(executable.report()));
        }
    }

    private static String lines(CompileReport report) {
        return String.join("\n", report.reorders().stream().map(Object::toString).toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void listsEveryNodeThatComputesOnce(boolean training) {
        Graph graph = lenet(training);
        CompileOptions plain = new CompileOptions(CompileOptions.Precision.FLOAT32, false, false,
                Set.of(Pass.FUSION, Pass.MEMORY_REUSE, Pass.FAST_KERNELS));
        try (Executable executable = backend.compile(graph, plain)) {
            List<String> listed = new ArrayList<>();
            executable.report().lowered().forEach(lowered -> listed.addAll(lowered.nodes()));
            List<String> computed = graph.nodes().stream().filter(n -> !(n.op() instanceof Source) && !n.op().isView()).map(Node::name)
                    .toList();
            assertEquals(computed.stream().sorted().toList(), listed.stream().distinct().sorted().toList());
        }
    }

    /** A convolution of a filter that the state alone decides: the filter's ops and copies are not in every run. */
    @Test
    void whatTheStateDecidesIsListedButMovesInNoRun() {
        GraphBuilder g = new GraphBuilder();
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 16, 17, 3, 3), true);
        g.output("y", Convolution.conv2d(g.input("x", TensorType.of(DType.FLOAT32, 1, 17, 6, 6)), Pointwise.tanh(w), Window.of(3), 1));
        try (Executable executable = backend.compile(g.build(), CompileOptions.defaults())) {
            CompileReport report = executable.report();
            assertTrue(report.lowered().stream().anyMatch(l -> l.nodes().equals(List.of("tanh")) && l.note().contains("state")),
                    report::toString);
            assertTrue(report.reorders().stream().noneMatch(r -> r.value().equals("tanh")), report::toString);
        }
    }

    @Test
    void slowImplementationsAreNoted() {
        GraphBuilder g = new GraphBuilder();
        g.output("y", Pointwise.exp(g.input("x", TensorType.of(DType.FLOAT64, 5))));
        g.output("z", Pointwise.exp(g.input("w", TensorType.of(DType.FLOAT32, 5))));
        try (Executable executable = backend.compile(g.build(), CompileOptions.defaults())) {
            for (CompileReport.Lowered lowered : executable.report().lowered()) {
                boolean slow = lowered.nodes().equals(List.of("exp"));
                assertEquals(slow, lowered.implementation().startsWith("reference"), lowered::toString);
                assertEquals(slow, !lowered.note().isEmpty(), lowered::toString);
            }
        }
    }

    /** Values lie inside the arena at aligned places, and those that are never reused do not overlap. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theMemoryPlanIsTheArena(boolean training) {
        Graph graph = lenet(training);
        CompileOptions options = CompileOptions.defaults();
        try (Executable small = backend.compile(graph, options); Executable large = backend.compile(graph, options.keepingAll())) {
            MemoryPlan reused = small.memoryPlan();
            MemoryPlan kept = large.memoryPlan();
            assertTrue(0 < reused.lowerBound() && reused.lowerBound() <= reused.bytes());
            assertTrue(reused.bytes() < kept.bytes(), reused.bytes() + " with reuse, " + kept.bytes() + " without");
            List<long[]> taken = new ArrayList<>();
            for (Node node : graph.nodes()) {
                for (Value value : node.outputs()) {
                    long start = kept.offset(value);
                    if (start >= 0) {
                        assertEquals(0, start % MemoryPlan.ALIGNMENT);
                        assertTrue(start + value.type().bytes() <= kept.bytes(), value::toString);
                        if (!node.op().isView()) {
                            taken.add(new long[] {start, start + value.type().bytes()});
                        }
                    } else {
                        assertTrue(MemoryPlan.livesInState(value), () -> value + " has no place");
                    }
                    long shared = reused.offset(value);
                    assertTrue(shared < 0 || shared + value.type().bytes() <= reused.bytes(), value::toString);
                }
            }
            taken.sort((a, b) -> Long.compare(a[0], b[0]));
            for (int i = 1; i < taken.size(); i++) {
                assertTrue(taken.get(i - 1)[1] <= taken.get(i)[0], "kept values overlap");
            }
        }
    }
}
