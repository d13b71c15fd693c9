package dev.lamina.inspect.learned;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Window;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Section 11 of the specification, by numbers. */
class SignalsTest {
    private static final Backend REFERENCE = Backends.open("reference");

    @AfterAll
    static void close() {
        REFERENCE.close();
    }

    private static double[] signal(Learned network, String layer, ReluRule rule, Tensor pixels, Tensor seed) {
        try (Loaded loaded = new Loaded(REFERENCE, network)) {
            return Signals.of(loaded, layer, rule, pixels, seed).toDoubles();
        }
    }

    @ParameterizedTest
    @CsvSource({"GRADIENT, 1, 0, -1, 0", "DECONVNET, 1, 1, 0, 0", "GUIDED, 1, 0, 0, 0"})
    void theThreeRules(ReluRule rule, double a, double b, double c, double d) {
        Learned network = Small.network(Shape.of(1, 1, 4), 4, Sequential.of(Layers.relu(), Layers.flatten()), Map.of());
        double[] found = signal(network, "relu", rule, Small.floats(new double[] {1, -1, 2, -2}, 1, 1, 1, 4),
                Small.floats(new double[] {1, 1, -1, -1}, 1, 1, 1, 4));
        assertArrayEquals(new double[] {a, b, c, d}, found);
    }

    /** The last unit is above the clip: its gradient is 0, the deconvnet does not look at it. */
    @ParameterizedTest
    @CsvSource({"GRADIENT, 1, 0, -1, 0, 0", "DECONVNET, 1, 1, 0, 0, 1", "GUIDED, 1, 0, 0, 0, 0"})
    void clipsFromZeroAreRectifiers(ReluRule rule, double a, double b, double c, double d, double e) {
        Learned network = Small.network(Shape.of(1, 1, 5), 5, Sequential.of(Layers.relu6(), Layers.flatten()), Map.of());
        double[] found = signal(network, "clip", rule, Small.floats(new double[] {1, -1, 2, -2, 7}, 1, 1, 1, 5),
                Small.floats(new double[] {1, 1, -1, -1, 1}, 1, 1, 1, 5));
        assertArrayEquals(new double[] {a, b, c, d, e}, found);
    }

    @Test
    void sigmoidsPassTheSignalByTheirDerivative() {
        Learned network = Small.network(Shape.of(1, 2, 2), 4, Sequential.of(Layers.sigmoid(), Layers.flatten()), Map.of());
        assertEquals(List.of("sigmoid passes the signal by its derivative, which is outside of the paper"), Signals.notes(network, null,
                ReluRule.GUIDED));
        assertEquals(List.of(), Signals.notes(network, null, ReluRule.GRADIENT));
    }

    @ParameterizedTest
    @EnumSource(ReluRule.class)
    void withoutRectifiersAllRulesAreTheGradient(ReluRule rule) {
        Layer layer = Sequential.of(Layers.conv2d("c1", 4, Window.of(3).padding(1)), Layers.batchNorm2d("bn"), Layers.maxPool(2),
                Layers.conv2d("c2", 3, Window.of(3)), Layers.avgPool(Window.of(2).stride(2)), Layers.flatten(), Layers.linear("fc", 5));
        Learned network = Small.network(Shape.of(2, 12, 12), 5, layer, Map.of());
        Tensor pixels = Draws.pixels(3, 2, 2, 12, 12);
        Tensor seed = Small.floats(new double[] {0, 1, 0, 0, 0, 0, 0, 0, -1, 2}, 2, 5);
        assertArrayEquals(signal(network, null, ReluRule.GRADIENT, pixels, seed), signal(network, null, rule, pixels, seed));
    }

    @Test
    void deconvnetUnpools() {
        Learned network = Small.network(Shape.of(1, 4, 4), 4, Sequential.of(Layers.maxPool("pool", Window.of(2).stride(2)),
                Layers.flatten()), Map.of());
        Tensor pixels = Small.floats(new double[] {1, 1, 2, 4, 5, 6, 7, 8, 3, 2, 1, 0, 1, 2, 3, 4}, 1, 1, 4, 4);
        double[] found = signal(network, "pool", ReluRule.DECONVNET, pixels, Small.floats(new double[] {6, 8, 3, 4}, 1, 1, 2, 2));
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 6, 0, 8, 3, 0, 0, 0, 0, 0, 0, 4}, found);
    }

    /** Both windows of 3 with stride 2 choose the place between them. */
    @ParameterizedTest
    @CsvSource({"GRADIENT, 5", "DECONVNET, 3"})
    void whereWindowsOverlapDeconvnetKeepsTheLast(ReluRule rule, double expected) {
        Learned network = Small.network(Shape.of(1, 3, 5), 2, Sequential.of(Layers.maxPool("pool", Window.of(3).stride(2)),
                Layers.flatten()), Map.of());
        double[] pixels = new double[15];
        pixels[7] = 9;
        double[] found = signal(network, "pool", rule, Small.floats(pixels, 1, 1, 3, 5), Small.floats(new double[] {2, 3}, 1, 1, 1, 2));
        double[] wanted = new double[15];
        wanted[7] = expected;
        assertArrayEquals(wanted, found);
    }

    @ParameterizedTest
    @EnumSource(ReluRule.class)
    void oneTapReconstructsOnlyThatTap(ReluRule rule) {
        double[] taps = new double[2 * 9];
        taps[9 + 2] = 2;
        Learned network = Small.network(Shape.of(2, 5, 5), 25, Sequential.of(Layers.conv2d("conv", 1, Window.of(3).padding(1)),
                Layers.relu(), Layers.flatten()), Map.of("conv.weight", Small.floats(taps, 1, 2, 3, 3), "conv.bias", Tensor.of(
                        new float[] {7}, 1)));
        double[] found;
        try (Loaded loaded = new Loaded(REFERENCE, network)) {
            found = Signals.ofUnits(loaded, "deconvnet", "conv", rule, Draws.pixels(4, 1, 2, 5, 5), List.of(new Unit(0, 2, 1, 3)))
                    .toDoubles();
        }
        double[] wanted = new double[50];
        // Tap (0, 2) of channel 1, from unit (2, 1) with padding 1: row 2 - 1 + 0, column 1 - 1 + 2.
        wanted[25 + 5 + 2] = 6;
        assertArrayEquals(wanted, found);
    }

    @Test
    void deconvnetPassesResponseNormalisationAndScalesByBatchNorm() {
        Learned network = Small.network(Shape.of(2, 1, 1), 2, Sequential.of(Layers.batchNorm2d("bn", 1.0, 0.1),
                Layers.lrn("lrn", new Normalization.Lrn(2, 0.5, 0.75, 2, false)), Layers.flatten()), Map.of(
                "bn.weight", Tensor.of(new float[] {4, 6}, 2), "bn.bias", Tensor.of(new float[] {10, 20}, 2),
                "bn.running_mean", Tensor.of(new float[] {5, 5}, 2), "bn.running_var", Tensor.of(new float[] {3, 8}, 2)));
        double[] found = signal(network, "lrn", ReluRule.DECONVNET, Small.floats(new double[] {1, 2}, 1, 2, 1, 1),
                Small.floats(new double[] {1, -1}, 1, 2, 1, 1));
        assertArrayEquals(new double[] {2, -2}, found, 1e-6);
    }

    /** A linear layer's signal is its weight transposed, times the signal. */
    @Test
    void linearLayersTranspose() {
        Learned network = Small.network(Shape.of(1, 1, 3), 2, Sequential.of(Layers.flatten(), Layers.linear("fc", 2)), Map.of(
                "fc.weight", Small.floats(new double[] {1, 2, 3, 4, 5, 6}, 2, 3), "fc.bias", Tensor.of(new float[] {8, 9}, 2)));
        double[] found = signal(network, null, ReluRule.DECONVNET, Draws.pixels(1, 1, 1, 1, 3), Small.floats(new double[] {10, 1}, 1, 2));
        assertArrayEquals(new double[] {14, 25, 36}, found);
    }

    @Test
    void whatIsOutsideOfThePaperIsNoted() {
        Layer block = Layers.residual(Sequential.of(Layers.conv2d("c2", 2, Window.of(3).padding(1)), Layers.relu6()), Layers.identity());
        Learned network = Small.network(Shape.of(1, 4, 4), 2, Sequential.of(Layers.conv2d("c1", 2, Window.of(3).padding(1)), block,
                Layers.globalAvgPool(), Layers.flatten()), Map.of());
        assertEquals(List.of("clip is taken as a rectifier, which is outside of the paper",
                "residual sums pass the signal to both branches, which is outside of the paper",
                "average pooling spreads the signal evenly"), Signals.notes(network, null, ReluRule.DECONVNET));
        assertEquals(List.of(), Signals.notes(network, "c1", ReluRule.DECONVNET));
    }

    @Test
    void unknownLayersUnitsAndClassesAreNamed() {
        Learned network = Small.network(Shape.of(1, 8, 8), 2, Sequential.of(Layers.conv2d("conv1", 3, Window.of(3)), Layers.relu(),
                Layers.maxPool("pool1", Window.of(2).stride(2)), Layers.conv2d("conv2", 4, Window.of(2)), Layers.flatten(),
                Layers.linear("fc", 2)), Map.of());
        Tensor pixels = Draws.pixels(1, 1, 1, 8, 8);
        try (Loaded loaded = new Loaded(REFERENCE, network)) {
            assertMessage("deconvnet: layer \"conv9\" unknown; image layers are conv1, pool1, conv2.", () -> Signals.ofUnits(loaded,
                    "deconvnet", "conv9", ReluRule.DECONVNET, pixels, List.of(new Unit(0, 0, 0, 1))));
            assertMessage("deconvnet: layer \"conv2\" has no unit [4, 0, 0], it is [4, 2, 2].", () -> Signals.ofUnits(loaded,
                    "deconvnet", "conv2", ReluRule.DECONVNET, pixels, List.of(new Unit(4, 0, 0, 1))));
            assertMessage("deconvnet: 0 units, 1 images, needs one an image.", () -> Signals.ofUnits(loaded, "deconvnet", "conv2",
                    ReluRule.DECONVNET, pixels, List.of()));
            assertMessage("saliency: class 2, classes are 0..1.", () -> Signals.ofLogits(loaded, ReluRule.GRADIENT, pixels, List.of(2)));
        }
        Learned flat = Small.network(Shape.of(1, 2, 2), 2, Sequential.of(Layers.flatten(), Layers.linear("fc", 2)), Map.of());
        assertMessage("deconvnet: layer \"conv9\" unknown; model \"small\" has no image layers.", () -> flat.layers().find("deconvnet",
                "conv9"));
    }

    private static void assertMessage(String expected, org.junit.jupiter.api.function.Executable action) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
