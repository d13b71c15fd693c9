package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Pointwise.StepGradient;
import dev.lamina.nn.Context;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Networks;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.DType;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static Summary summary(Layer layer, long... input) {
        return Summary.of(Networks.apply(layer, input));
    }

    private static String problem(Summary summary, double freeGiB, String optimizer, int copies) {
        return assertThrows(GraphException.class, () -> summary.requireFits((long) (freeGiB * (1L << 30)), optimizer, copies)).getMessage();
    }

    @Test
    void theHugeLayerIsRefusedWithNumbersAtOnce() {
        // The processor's time: others may hold this thread up for longer.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = 0;
        summary(Sequential.of(Layers.flatten(), Layers.linear("warm", 10)), 1, 3, 4, 4).toString();
        for (int attempt = 0; attempt < 2; attempt++) {
            start = threads.getCurrentThreadCpuTime();
            Summary summary = summary(Sequential.of(Layers.flatten(), Layers.linear("fc1", 49_152)), 1, 3, 256, 256);
            assertEquals(9_663_676_416L + 49_152, summary.trainableParameters());
            assertEquals(9_663_676_416L, summary.macs());
            assertEquals("model does not fit: needs 144.0 GiB (weights 36.0, gradients 36.0, Adam 72.0, activations 0.0), device has "
                    + "79.1 GiB free. Largest: linear \"fc1\" [49152, 196608], 9,663,676,416 weights. A convolution 3x3 with 3 filters and "
                    + "stride 2 has 84.", problem(summary, 79.1, "adam", 2));
        }
        long millis = (threads.getCurrentThreadCpuTime() - start) / 1_000_000;
        assertTrue(millis < 100, millis + " ms");
    }

    @Test
    void theLargestBatchThatFitsIsNamed() {
        Layer conv = Layers.conv2d("c", 64, Window.of(3).padding(1));
        Summary summary = summary(conv, 4096, 3, 256, 256);
        String text = problem(summary, 8, "sgd", 0);
        assertTrue(text.startsWith("model does not fit: needs 67.0 GiB (weights 0.0, gradients 0.0, activations 67.0), device has "
                + "8.0 GiB free. Largest: conv2d \"c\" [64, 3, 3, 3], 1,728 weights. The largest batch that fits is "), text);
        long fits = Long.parseLong(text.replaceAll(".* fits is (\\d+)\\.", "$1"));
        summary(conv, fits, 3, 256, 256).requireFits(8L << 30, "sgd", 0);
        assertThrows(GraphException.class, () -> summary(conv, fits + 1, 3, 256, 256).requireFits(8L << 30, "sgd", 0));
    }

    @Test
    void smallMemoriesAreCountedInMebibytes() {
        String text = problem(summary(Layers.linear("fc", 1000), 2, 1000), 0, "momentum", 1);
        assertTrue(text.startsWith("model does not fit: needs 11.5 MiB (weights 3.8, gradients 3.8, momentum 3.8, activations 0.0), "
                + "device has 0.0 MiB free. Largest: linear \"fc\" [1000, 1000], 1,000,000 weights."), text);
        assertFalse(text.contains("convolution"), text);
    }

    @Test
    void overflowIsAnError() {
        Layer one = Layers.linear("a", 1L << 30);
        assertThrows(GraphException.class, () -> summary(Layers.linear("b", 1L << 31), 1, 1L << 31));
        Summary each = summary(one, 1, 1L << 30);
        assertEquals((1L << 60) + (1L << 30), each.trainableParameters());
        assertThrows(GraphException.class, () -> each.memory(2).total());
        Layer many = Sequential.of(Layers.linear("a", 1L << 30), Layers.relu(), Layers.linear("b", 1L << 30), Layers.relu(),
                Layers.linear("c", 1L << 30));
        assertThrows(GraphException.class, () -> summary(many, 1, 1L << 30).memory(0));
    }

    @Test
    void alexNetCounts() {
        Summary summary = summary(Networks.alexNet(), 1, 3, 227, 227);
        assertEquals(60_965_224, summary.trainableParameters());
        assertEquals(724_406_816, summary.macs());
        List<Long> counts = List.of("conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8").stream()
                .map(n -> summary.row(n).trainable()).toList();
        assertEquals(List.of(34_944L, 307_456L, 885_120L, 663_936L, 442_624L, 37_752_832L, 16_781_312L, 4_097_000L), counts);
        assertEquals(724_406_816, summary(Networks.alexNet(), 4, 3, 227, 227).macsPerSample());
    }

    @Test
    void vgg16Counts() {
        Summary summary = summary(Networks.vgg16(), 1, 3, 224, 224);
        assertEquals(138_357_544, summary.trainableParameters());
        assertEquals(15_470_264_320L, summary.macs());
        assertEquals(0, summary.frozenParameters());
    }

    @Test
    void vgg16KeepsInputsConvolutionsPoolsAndProducts() {
        Summary summary = summary(Networks.vgg16(), 1, 3, 224, 224);
        long winners = summary.rows().stream().filter(r -> r.op().equals("maxPool")).mapToLong(r -> r.output().bytes()).sum();
        assertEquals(4L * 15_237_608, summary.activationBytes() - winners);
    }

    @Test
    void stepsCostThreeTimesTheProducts() {
        Summary summary = summary(Layers.linear("fc", 10, false), 8, 100);
        assertEquals(8000, summary.macs());
        assertEquals(16_000, summary.flops());
        assertEquals(48_000, summary.flopsPerStep());
    }

    @Test
    void sharedAndFrozenParametersAreMarked() {
        Layer shared = Layers.linear("fc", 4);
        Summary summary = summary(Sequential.of(shared, Layers.relu(), shared, Layers.frozen(Layers.linear("out", 2))), 1, 4);
        assertEquals(20, summary.trainableParameters());
        assertEquals(10, summary.frozenParameters());
        assertTrue(summary.row("fc_2").marks().contains("shares fc.weight with fc"), summary.row("fc_2").marks().toString());
    }

    @Test
    void whatLearnsNothingIsMarked() {
        Layer stack = Sequential.of(Layers.linear("below", 8), Layers.binarize(StepGradient.BLOCK), Layers.linear("above", 2));
        assertEquals(List.of("below"), summary(stack, 1, 4).withoutGradient());
        assertEquals(List.of("blocks gradients (true derivative: 0)"), summary(stack, 1, 4).row("binarize").marks().stream()
                .filter(m -> m.contains("gr")).toList());
        Layer straight = Sequential.of(Layers.linear("below", 8), Layers.binarize(StepGradient.STRAIGHT_THROUGH),
                Layers.linear("above", 2));
        assertEquals(List.of(), summary(straight, 1, 4).withoutGradient());
    }

    @Test
    void droppedBordersAndGrowthAreMarked() {
        Summary summary = summary(Sequential.of(Layers.conv2d("a", 1, Window.of(3).stride(3)), Layers.conv2d("b", 100, Window.of(1))),
                1, 1, 7, 8);
        assertEquals(List.of("window drops a border (1 rows, 2 columns)"), summary.row("a").marks());
        assertEquals(List.of("output larger than the network input"), summary.row("b").marks());
    }

    @Test
    void trainingGraphsShowTheirForwardPass() {
        Context context = new Context(new GraphBuilder(), true);
        GraphBuilder graph = context.graph();
        Value logits = Networks.apply(context, Sequential.of(Layers.conv2d("c", 2, Window.of(3)), Layers.batchNorm2d("bn"), Layers.relu(),
                Layers.flatten(), Layers.linear("fc", 3)), 4, 1, 6, 6);
        Value labels = graph.input("labels", TensorType.of(DType.INT32, 4));
        Value loss = Loss.crossEntropy(logits, labels, Loss.Options.defaults());
        List<Value> gradients = Gradients.of(loss, graph.trainable());
        Value norm = Pointwise.sqrt(Reduction.sum(Pointwise.square(gradients.getFirst())));
        Graph built = graph.output("loss", loss).output("norm", norm).build();
        Summary summary = Summary.of(built);
        assertEquals(List.of("conv2d", "batchNorm", "relu", "flatten", "linear", "crossEntropy"),
                summary.rows().stream().map(Summary.Row::op).toList());
        assertEquals(20 + 4 + 99, summary.trainableParameters());
        assertEquals(List.of(), summary.withoutGradient());
        assertEquals(4, summary.batch());
    }

    @Test
    void theTableIsReadable() {
        String text = summary(Networks.alexNet(), 1, 3, 227, 227).toString();
        assertTrue(text.contains("conv1"), text);
        assertTrue(text.contains("60,965,224 trainable parameters"), text);
        assertTrue(text.contains("195/32/"), text);
        assertTrue(text.lines().allMatch(line -> line.equals(line.stripTrailing())), text);
    }
}
