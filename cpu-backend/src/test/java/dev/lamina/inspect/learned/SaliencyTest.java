package dev.lamina.inspect.learned;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.graph.Window;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class SaliencyTest {
    private static final Backend REFERENCE = Backends.open("reference");
    /** Two classes of two channels of two pixels. */
    private static final Learned LINEAR = Small.network(Shape.of(2, 1, 2), 2, Sequential.of(Layers.flatten(), Layers.linear("fc", 2)),
            Map.of("fc.weight", Small.floats(new double[] {1, -2, 3, 0.5, 0, 4, -5, 1}, 2, 4)));
    private static final Tensor PIXELS = Small.floats(new double[] {10, 1, 2, 3, 200, 100, 50, 25}, 2, 2, 1, 2);

    @AfterAll
    static void close() {
        REFERENCE.close();
    }

    @Test
    void isTheLargestMagnitudeOverTheChannels() {
        try (Loaded loaded = new Loaded(REFERENCE, LINEAR)) {
            assertArrayEquals(new double[] {3, 2, 5, 4}, Saliency.plain(loaded, PIXELS, List.of(0, 1)).toDoubles());
            assertArrayEquals(new double[] {10, 2, 250, 400}, Saliency.inputTimesGradient(loaded, PIXELS, List.of(0, 1)).toDoubles());
        }
    }

    @Test
    void smoothingChangesNothingWhereTheGradientIsConstant() {
        try (Loaded loaded = new Loaded(REFERENCE, LINEAR)) {
            assertArrayEquals(new double[] {3, 2, 5, 4}, Saliency.smooth(loaded, PIXELS, List.of(0, 1), 1, 0).toDoubles(), 1e-6);
        }
    }

    @Test
    void noiseIsOfTheSeedAndTheImageNotOfTheBatch() {
        Learned network = Small.network(Shape.of(1, 6, 6), 2, Sequential.of(Layers.conv2d("c", 4, Window.of(3)), Layers.relu(),
                Layers.flatten(), Layers.linear("fc", 2)), Map.of());
        Tensor pixels = Draws.pixels(8, 2, 1, 6, 6);
        try (Loaded loaded = new Loaded(REFERENCE, network)) {
            double[] both = Saliency.smooth(loaded, pixels, List.of(0, 1), 5, 0).toDoubles();
            double[] second = Saliency.smooth(loaded, pixels.slice(0, 1, 2), List.of(1), 5, 1).toDoubles();
            assertArrayEquals(Arrays.copyOfRange(both, 36, 72), second);
            assertFalse(Arrays.equals(second, Saliency.smooth(loaded, pixels.slice(0, 1, 2), List.of(1), 6, 1).toDoubles()));
        }
    }
}
