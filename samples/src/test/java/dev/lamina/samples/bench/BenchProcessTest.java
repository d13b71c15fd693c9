package dev.lamina.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Update;
import dev.lamina.junit.BackendTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BenchProcessTest {
    private static final Timing SHORT = new Timing(0, 1e-3, 3);

    @ParameterizedTest
    @EnumSource
    void measuresATinyNetworkOnTheReference(Mode mode) {
        try (Backend backend = Backends.open("reference")) {
            Measurement measured = BenchProcess.measure(backend, Workload.tiny(), mode, SHORT);
            assertEquals(3, measured.samplesPerSecond().size());
            assertTrue(measured.samplesPerSecond().stream().allMatch(s -> s > 0), measured.toString());
            long products = 2 * (12 * 8 + 8 * 3);
            assertTrue(measured.flopsPerSample() >= products * (mode == Mode.TRAIN ? 2 : 1), measured.toString());
            assertTrue(measured.sgemmPeak() > 0);
            assertTrue(measured.heapBytesPerStep() >= 0);
        }
    }

    @BackendTest
    void trainingStepsLowerTheLossOfTheirOneBatch(Backend backend) {
        BenchGraph graph = BenchGraph.of(Workload.tiny(), Mode.TRAIN);
        try (Executable executable = backend.compile(graph.graph(), CompileOptions.defaults()); State state = graph.newState(backend)) {
            executable.run(state, graph.inputs());
            double first = executable.read("loss").item();
            for (int i = 0; i < 50; i++) {
                executable.run(state, graph.inputs());
            }
            assertTrue(executable.read("loss").item() < 0.9 * first);
        }
    }

    @Test
    void workloadsAreThoseOfTheComparison() {
        assertEquals(List.of("mlp 256", "lenet 64", "resnet20 128", "alexnet 16", "vgg16 4"),
                Workload.all().stream().map(w -> w.name() + " " + w.batch()).toList());
        assertEquals(List.of(Mode.INFER), Workload.named("vgg16").modes());
        Graph graph = BenchGraph.of(Workload.named("lenet"), Mode.TRAIN).graph();
        assertEquals(10, graph.nodes().stream().filter(n -> n.op() instanceof Update.Sgd(double momentum, boolean _, double decay, var _)
                && momentum == 0.9 && decay == 0).count());
        assertEquals(List.of("loss"), List.copyOf(graph.outputs().keySet()));
        assertTrue(BenchGraph.of(Workload.named("lenet"), Mode.INFER).graph().nodes().stream().noneMatch(n -> n.op() instanceof Update));
    }

    @Test
    void lengthsAreChecked() {
        assertEquals("bench: repetitions of 0.0 s, needs more than 0 and at most 600.",
                assertThrows(IllegalArgumentException.class, () -> new Timing(0, 0, 1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Timing(Double.NaN, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Timing(0, 1, 0));
    }
}
