package dev.lamina.inspect.learned;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.graph.Window;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OcclusionTest {
    private static final Backend REFERENCE = Backends.open("reference");
    private static final int SIDE = 7;
    /** Row and column of the one pixel that is read. */
    private static final int ROW = 2;
    private static final int COLUMN = 4;

    @AfterAll
    static void close() {
        REFERENCE.close();
    }

    /** Map 1 is the image, map 0 nothing; logits are that pixel, less 150, over 50, and 0. */
    private static Learned onePixel() {
        double[] weight = new double[2 * 2 * SIDE * SIDE];
        weight[SIDE * SIDE + ROW * SIDE + COLUMN] = 0.02;
        return Small.network(Shape.of(1, SIDE, SIDE), 2, Sequential.of(Layers.conv2d("conv", 2, Window.of(1)), Layers.flatten(),
                Layers.linear("fc", 2)), Map.of("conv.weight", Small.floats(new double[] {0, 1}, 2, 1, 1, 1), "conv.bias", Tensor.of(
                        new float[] {0, 0}, 2), "fc.weight", Small.floats(weight, 2, 2 * SIDE * SIDE), "fc.bias", Tensor.of(
                                new float[] {-3, 0}, 2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 16, 100})
    void changesOnlyWhereTheSquareCoversThePixel(int batch) {
        Tensor image = Tensor.full(dev.lamina.tensor.DType.FLOAT32, Shape.of(1, SIDE, SIDE), 200);
        Occlusion occlusion = new Occlusion(3, 2);
        Occlusion.Maps maps;
        try (Loaded loaded = new Loaded(REFERENCE, onePixel())) {
            maps = occlusion.of(loaded, "conv", image, 0, batch, InspectListener.NONE);
        }
        assertEquals(3, maps.rows());
        assertEquals(9, occlusion.places(image.shape()));
        double whole = 1 / (1 + Math.exp(-1));
        double covered = 1 / (1 + Math.exp(-(0.02 * 128 - 3)));
        assertEquals(whole, maps.whole(), 1e-6);
        boolean[] covers = new boolean[9];
        for (int i = 0; i < 9; i++) {
            int top = i / 3 * 2;
            int left = i % 3 * 2;
            covers[i] = top <= ROW && ROW < top + 3 && left <= COLUMN && COLUMN < left + 3;
        }
        assertArrayEquals(IntStream.range(0, 9).mapToDouble(i -> covers[i] ? covered : whole).toArray(), maps.probability(), 1e-6);
        assertArrayEquals(IntStream.range(0, 9).map(i -> covers[i] ? 1 : 0).toArray(), maps.winners());
        assertEquals(1, maps.map());
        double sum = 40 * 200 + 9 * 128;
        assertArrayEquals(IntStream.range(0, 9).mapToDouble(_ -> sum).toArray(), maps.sums());
    }

    @Test
    void watchesTheWinnerWhereNoClassIsGiven() {
        try (Loaded loaded = new Loaded(REFERENCE, onePixel())) {
            Occlusion.Maps maps = new Occlusion(7, 1).of(loaded, null, Tensor.zeros(dev.lamina.tensor.DType.FLOAT32,
                    Shape.of(1, SIDE, SIDE)), -1, 4, InspectListener.NONE);
            assertEquals(1, maps.label());
            assertEquals(-1, maps.map());
            assertEquals(0, maps.sums().length);
        }
    }

    @Test
    void sizesAreThoseOfThePaperOnItsImages() {
        assertEquals(new Occlusion(32, 8), Occlusion.scaled(Shape.of(3, 224, 224)));
        assertEquals(625, Occlusion.scaled(Shape.of(3, 224, 224)).places(Shape.of(3, 224, 224)));
        assertEquals(new Occlusion(5, 1), Occlusion.scaled(Shape.of(3, 32, 32)));
        assertEquals("occlusion: size 8 exceeds the image, 7 x 9. Give a smaller one.", assertThrows(IllegalArgumentException.class,
                () -> new Occlusion(8, 1).places(Shape.of(1, 7, 9))).getMessage());
        assertEquals("occlusion: size = 0, stride = 1, needs >= 1.", assertThrows(IllegalArgumentException.class,
                () -> new Occlusion(0, 1)).getMessage());
    }
}
