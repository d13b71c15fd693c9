package dev.lamina.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GpuProcessTest {
    private static final Timing SHORT = new Timing(0, 0.02, 3);

    @Test
    void stepsAreReplayedAndTimedByTheDevicesClock() {
        try (ClockedBackend backend = new ClockedBackend(Backends.open("reference"))) {
            Measurement measured = GpuProcess.measure(backend, Workload.tiny(), Mode.TRAIN, Precision.TF32, SHORT, Ceilings.Size.SMOKE);
            assertEquals(List.of(1000.0, 1000.0, 1000.0), measured.samplesPerSecond(), "4 samples in 4 ms");
            assertEquals(List.of(1, 5, 5, 5, 5), backend.replays().subList(0, 5), "first, warm-up, and 20 ms three times");
            assertEquals("device events", measured.onDevice().clock());
            assertEquals(4 * 2 * 64 * 64 * 64 / 4e-3, measured.sgemmPeak(), 1, "four products of 64 squared in 4 ms");
            assertEquals(2 * 4 * 4096 / 4e-3, measured.onDevice().copyPeak(), 1e-3, "4096 floats in and out in 4 ms");
        }
    }

    @Test
    void timesAndBytesAreThoseOfTheProfile() {
        Graph graph = BenchGraph.of(Workload.tiny(), Mode.TRAIN).graph();
        long computed = graph.nodes().stream().filter(n -> !(n.op() instanceof Source)).count();
        try (Backend backend = new ClockedBackend(Backends.open("reference"))) {
            DeviceFigures figures = GpuProcess.measure(backend, Workload.tiny(), Mode.TRAIN, Precision.FLOAT32, SHORT,
                    Ceilings.Size.SMOKE).onDevice();
            assertEquals(7 + 100 * computed, figures.bytesPerStep());
            assertEquals(0.5 + computed * (computed + 1) / 2.0, figures.groups().values().stream().mapToDouble(v -> v).sum(), 1e-9);
            for (String group : new String[] {"matmul", "loss", "update", "reduction", "pointwise", "copies"}) {
                assertTrue(figures.groups().containsKey(group), group + " in " + figures.groups());
            }
            assertFalse(figures.groups().containsKey("convolution"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeviceWithoutAClockIsTimedByThisProcess(Mode mode) {
        try (Backend backend = Backends.open("reference")) {
            Measurement measured = GpuProcess.measure(backend, Workload.tiny(), mode, Precision.TF32, new Timing(0, 1e-3, 2),
                    Ceilings.Size.SMOKE);
            assertEquals(2, measured.samplesPerSecond().size());
            assertTrue(measured.samplesPerSecond().stream().allMatch(s -> s > 0), measured.toString());
            assertEquals("wall clock", measured.onDevice().clock());
            assertEquals(0, measured.onDevice().bytesPerStep());
            assertEquals(Map.of(), measured.onDevice().groups());
            assertTrue(measured.onDevice().copyPeak() > 0);
        }
    }

    @Test
    void workloadsAreThoseOfTheIssueAndTheirUpdatesThoseOfThePyTorchScript() {
        assertEquals(List.of("lenet-64", "lenet-1024", "resnet20-128", "resnet20-1024", "alexnet-256", "vgg16-64"),
                GpuWorkloads.all(false).stream().map(Workload::name).toList());
        assertEquals(List.of("lenet-64", "lenet-1024", "vgg16-64"),
                GpuWorkloads.named(List.of("vgg16-64", "lenet"), false).stream().map(Workload::name).toList());
        assertEquals(List.of("lenet-2", "resnet20-2", "alexnet-2", "vgg16-2"),
                GpuWorkloads.named(List.of(), true).stream().map(Workload::name).toList());
        assertEquals(138_357_544, GpuWorkloads.named(List.of("vgg16"), false).getFirst().model().summary(1).trainableParameters());
    }

    @Test
    void fusedWorkCountsAsItsHeaviestPart() {
        Graph graph = BenchGraph.of(GpuWorkloads.named(List.of("lenet"), true).getFirst(), Mode.TRAIN).graph();
        KernelGroup.Finder finder = KernelGroup.of(graph);
        String convolution = graph.nodes().stream().filter(n -> n.op().name().equals("conv2d")).findFirst().orElseThrow().name();
        String update = graph.nodes().stream().filter(n -> n.op() instanceof Update).findFirst().orElseThrow().name();
        String relu = graph.nodes().stream().filter(n -> n.op().name().equals("relu")).findFirst().orElseThrow().name();
        assertEquals(KernelGroup.CONVOLUTION, finder.of(List.of(relu, convolution)));
        assertEquals(KernelGroup.POINTWISE, finder.of(List.of(relu)));
        assertEquals(KernelGroup.UPDATE, finder.of(List.of(update)));
        assertEquals(KernelGroup.COPIES, finder.of(List.of()));
        assertEquals(KernelGroup.OTHER, finder.of(List.of("made by a pass")));
    }
}
