package dev.lamina.inspect.learned;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Dataset;
import dev.lamina.data.InMemoryDataset;
import dev.lamina.graph.Window;
import dev.lamina.inspect.learned.TopPatches.Top;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopPatchesTest {
    private static final Backend REFERENCE = Backends.open("reference");
    private static final int SIDE = 8;
    private static final int IMAGES = 30;

    @AfterAll
    static void close() {
        REFERENCE.close();
    }

    /** Twice red less green and blue, summed over 3 x 3 pixels. */
    private static Learned redDetector() {
        double[] taps = new double[27];
        for (int i = 0; i < 27; i++) {
            taps[i] = i < 9 ? 2 : -1;
        }
        return Small.network(Shape.of(3, SIDE, SIDE), 2, Sequential.of(Layers.conv2d("red", 1, Window.of(3).padding(1)), Layers.relu(),
                Layers.flatten(), Layers.linear("fc", 2)), Map.of("red.weight", Small.floats(taps, 1, 3, 3, 3), "red.bias", Tensor.of(
                        new float[] {0}, 1)));
    }

    private static Dataset drawn() {
        Philox.Stream random = new Philox.Stream(3, 0, 12);
        byte[] pixels = new byte[IMAGES * 3 * SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(256);
        }
        // Two pairs of equal images.
        System.arraycopy(pixels, 0, pixels, 7 * 3 * SIDE * SIDE, 3 * SIDE * SIDE);
        System.arraycopy(pixels, 9 * 3 * SIDE * SIDE, pixels, 20 * 3 * SIDE * SIDE, 3 * SIDE * SIDE);
        return new InMemoryDataset("drawn", Tensor.ofBytes(pixels, IMAGES, 3, SIDE, SIDE), Tensor.of(new int[IMAGES]), List.of("a", "b"));
    }

    /** By plain loops: the reddest place of each image, and the images by that. */
    private static List<Top> byHand(Dataset data, int count) {
        List<Top> all = new ArrayList<>();
        for (int n = 0; n < data.size(); n++) {
            long[] p = data.source(n).tensor().toLongs();
            Unit best = null;
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    long sum = 0;
                    for (int i = 0; i < 9; i++) {
                        int row = y + i / 3 - 1;
                        int column = x + i % 3 - 1;
                        if (row >= 0 && row < SIDE && column >= 0 && column < SIDE) {
                            int at = row * SIDE + column;
                            sum += 2 * p[at] - p[SIDE * SIDE + at] - p[2 * SIDE * SIDE + at];
                        }
                    }
                    best = best == null || sum > best.value() ? new Unit(0, y, x, sum) : best;
                }
            }
            all.add(new Top(n, best));
        }
        return all.stream().sorted(Comparator.comparingDouble((Top t) -> -t.unit().value()).thenComparingInt(Top::image)).limit(count)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 30, 64})
    void theReddestCropsAreFound(int batch) {
        Dataset data = drawn();
        try (Loaded loaded = new Loaded(REFERENCE, redDetector())) {
            List<List<Top>> found = TopPatches.of(loaded, data, List.of("red"), 9, batch, InspectListener.NONE).get("red");
            assertEquals(List.of(byHand(data, 9)), found);
            assertEquals(9, found.getFirst().stream().map(Top::image).distinct().count());
        }
    }

    @Test
    void tiesGoToTheLowerImageAndTheFirstPlace() {
        Dataset same = new InMemoryDataset("same", Tensor.ofBytes(new byte[5 * 3 * SIDE * SIDE], 5, 3, SIDE, SIDE), Tensor.of(new int[5]),
                List.of("a", "b"));
        try (Loaded loaded = new Loaded(REFERENCE, redDetector())) {
            List<Top> found = TopPatches.of(loaded, same, List.of("relu"), 3, 2, InspectListener.NONE).get("relu").getFirst();
            assertEquals(IntStream.range(0, 3).mapToObj(i -> new Top(i, new Unit(0, 0, 0, 0))).toList(), found);
        }
    }

    @Test
    void cropsAreMidGreyOutsideOfTheImage() {
        ImageLayer layer = redDetector().layers().find("test", "red");
        assertEquals(new Region(-1, 6, 3, 3), layer.region(0, 7));
        Tensor image = Tensor.ofBytes(new byte[] {1, 2, 3, 4}, 1, 2, 2);
        assertArrayEquals(new long[] {128, 128, 128, 128, 1, 2, 128, 3, 4}, new Region(-1, -1, 3, 3).cut(image).toLongs());
        assertArrayEquals(new long[] {4, 128}, new Region(1, 1, 1, 2).cut(image).toLongs());
    }

    @Test
    void regionsFollowBothAxes() {
        ImageLayer layer = Small.network(Shape.of(1, 9, 9), 2, Sequential.of(Layers.conv2d("c", 1, Window.of(1, 5).stride(1, 2)),
                Layers.flatten(), Layers.linear("fc", 2)), Map.of()).layers().find("test", "c");
        assertEquals(new Region(4, 2, 1, 5), layer.region(4, 1));
        ImageLayer pooled = Small.network(Shape.of(1, 9, 9), 1, Sequential.of(Layers.globalAvgPool(), Layers.flatten()), Map.of())
                .layers().find("test", "adaptiveAvgPool");
        assertEquals(new Region(0, 0, 9, 9), pooled.region(0, 0));
    }

    @Test
    void badCallsAreNamed() {
        Dataset data = drawn();
        Learned broken = new Learned(redDetector().model(), redDetector().statistics(), weights(Float.POSITIVE_INFINITY));
        try (Loaded loaded = new Loaded(REFERENCE, redDetector()); Loaded diverged = new Loaded(REFERENCE, broken)) {
            assertMessage("top patches: layer \"blue\" unknown; image layers are red.",
                    () -> TopPatches.of(loaded, data, List.of("blue"), 9, 4, InspectListener.NONE));
            assertMessage("top patches: count = 0, batch = 4, needs >= 1.",
                    () -> TopPatches.of(loaded, data, List.of("red"), 0, 4, InspectListener.NONE));
            String message = assertThrows(IllegalArgumentException.class,
                    () -> TopPatches.of(diverged, data, List.of("red"), 9, 4, InspectListener.NONE)).getMessage();
            assertTrue(message.startsWith("top patches: layer \"red\" gives ") && message.endsWith(" in map 0 of image 0 (must be finite)."
                    + " Are the weights those of a training that diverged?"), message);
        }
    }

    private static Map<String, Tensor> weights(float bias) {
        Map<String, Tensor> weights = new java.util.HashMap<>(redDetector().weights());
        weights.put("red.bias", Tensor.of(new float[] {bias}, 1));
        return weights;
    }

    private static void assertMessage(String expected, org.junit.jupiter.api.function.Executable action) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
