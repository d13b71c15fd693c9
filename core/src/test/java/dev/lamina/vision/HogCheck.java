package dev.lamina.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The layers of {@link Hog} on a backend against the loops. */
public final class HogCheck {
    private static final double TOLERANCE = 1e-5;

    private HogCheck() { }

    /** An image and what it shows. */
    private record Case(String name, Image image, int cell) { }

    /** Sizes around the edges of rounding: sides that are multiples of the cell, that lose pixels, and that lack some. */
    private static List<Case> cases() {
        return List.of(
                new Case("noise 40 x 48", noise(3, 40, 48), 8),
                new Case("noise 41 x 51, pixels left over", noise(3, 41, 51), 8),
                new Case("noise 44 x 39, pixels missing", noise(3, 44, 39), 8),
                new Case("noise 20 x 30, the smallest", noise(3, 20, 30), 8),
                new Case("grey noise 47 x 33", noise(1, 47, 33), 8),
                new Case("noise 29 x 38, cell 4", noise(3, 29, 38), 4),
                new Case("two channels of noise 13 x 17, cell 2", noise(2, 13, 17), 2),
                new Case("steps 33 x 45, many ties", steps(33, 45), 8));
    }

    /** Compares all cases, in float32 and float64. */
    public static Stream<DynamicTest> agreesWithTheLoops(Backend backend) {
        return cases().stream().flatMap(c -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                .map(dtype -> dynamicTest(c.name + " " + dtype, () -> compare(backend, c.image, c.cell, dtype))));
    }

    /** A part of a photograph; skips the test if it is not there. */
    public static void agreesOnBloodCells(Backend backend, int height, int width) throws IOException {
        Image photograph = SharedImages.bloodCells();
        Image part = photograph.crop(100, 80, height, width);
        compare(backend, part, 8, DType.FLOAT32);
        compare(backend, part, 4, DType.FLOAT32);
    }

    /** Two images in one batch, with padding: the features of each, zeros and flags around. */
    public static void batchesAndPads(Backend backend) {
        List<Image> images = List.of(noise(3, 32, 40), steps(32, 40));
        Tensor batch = Tensor.zeros(DType.FLOAT32, Shape.of(2, 3, 32, 40));
        for (int i = 0; i < 2; i++) {
            batch.select(0, i).copyFrom(images.get(i).tensor());
        }
        Tensor features = features(backend, batch, 8, 2, 1);
        assertEquals(Shape.of(2, 32, 2 + 2, 3 + 4), features.shape());
        for (int i = 0; i < 2; i++) {
            Tensor expected = HogLoops.of(images.get(i), 8);
            for (int c = 0; c < Hog.CHANNELS; c++) {
                for (int y = 0; y < 4; y++) {
                    for (int x = 0; x < 7; x++) {
                        boolean inside = y >= 1 && y < 3 && x >= 2 && x < 5;
                        double value = inside ? expected.get(c, y - 1, x - 2) : c == Hog.CHANNELS - 1 ? 1 : 0;
                        assertEquals(value, features.get(i, c, y, x), inside ? TOLERANCE : 0, i + ": " + c + ", " + y + ", " + x);
                    }
                }
            }
        }
    }

    /** All levels of a pyramid in one graph. */
    public static void agreesOnAPyramid(Backend backend) {
        Image image = noise(3, 50, 61);
        PyramidOptions options = PyramidOptions.hog().withLevelsPerOctave(2).withPadding(1, 1);
        HogPyramid hog = new HogPyramid(FeaturePyramid.hog(61, 50, options), 3);
        GraphBuilder builder = new GraphBuilder();
        hog.add(builder).forEach(features -> builder.output(features.name(), features));
        Graph graph = builder.build();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            List<Tensor> features = List.copyOf(executable.call(state, hog.inputs(image)).values());
            assertEquals(3, features.size());
            for (PyramidLevel level : hog.pyramid().levels()) {
                Tensor inside = features.get(level.index()).select(0, 0).slice(1, 1, level.rows() + 1).slice(2, 1, level.columns() + 1);
                double[] expected = HogLoops.of(level.scale(image), level.cell()).toDoubles();
                assertArrayEquals(expected, inside.toDoubles(), TOLERANCE, "level " + level.index());
            }
        }
    }

    private static void compare(Backend backend, Image image, int cell, DType dtype) {
        Tensor batch = image.tensor().reshape(1, image.channels(), image.height(), image.width()).cast(dtype);
        Tensor actual = features(backend, batch, cell, 0, 0);
        Tensor expected = HogLoops.of(image, cell);
        Hog hog = new Hog(cell);
        assertEquals(Shape.of(1, Hog.CHANNELS, hog.cells(image.height()), hog.cells(image.width())), actual.shape());
        double[] e = expected.toDoubles();
        double[] a = actual.toDoubles();
        double most = 0;
        for (int i = 0; i < e.length; i++) {
            assertEquals(e[i], a[i], dtype == DType.FLOAT64 ? 1e-12 : TOLERANCE, "value " + i + " of " + actual.shape());
            most = Math.max(most, a[i]);
        }
        assertEquals(0.4, most, 0.3, "the image has edges");
    }

    private static Tensor features(Backend backend, Tensor batch, int cell, int padX, int padY) {
        GraphBuilder builder = new GraphBuilder();
        Value image = builder.input("image", new TensorType(batch.dtype(), batch.shape()));
        Graph graph = builder.output("features", new Hog(cell).of(image, padX, padY)).build();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            return executable.call(state, Map.of("image", batch)).get("features");
        }
    }

    static Image noise(int channels, int height, int width) {
        Philox.Stream random = new Philox.Stream(12, height, width);
        byte[] pixels = new byte[channels * height * width];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(256);
        }
        return new Image(channels, height, width, pixels);
    }

    /** Blocks of few levels: most differences are 0, straight or equal in all channels. */
    static Image steps(int height, int width) {
        byte[] pixels = new byte[3 * height * width];
        for (int i = 0; i < pixels.length; i++) {
            int y = i / width % height;
            int x = i % width;
            pixels[i] = (byte) (100 * (x / 5 % 2) + 60 * (y / 7 % 3) - (i >= 2 * height * width && x > y ? 40 : 0));
        }
        return new Image(3, height, width, pixels);
    }
}
