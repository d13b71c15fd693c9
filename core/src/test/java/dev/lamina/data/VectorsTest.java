package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorsTest {
    private static double[][] points(Vectors set) {
        double[] flat = set.features().toDoubles();
        double[][] points = new double[set.size()][];
        for (int i = 0; i < points.length; i++) {
            points[i] = new double[] {flat[2 * i], flat[2 * i + 1]};
        }
        return points;
    }

    @Test
    void pixelsAreDividedBy255() {
        Dataset images = new InMemoryDataset("two", Tensor.ofBytes(new byte[] {0, (byte) 255, 51, 102}, 2, 1, 1, 2),
                Tensor.of(new int[] {1, 0}, 2), List.of("a", "b"));
        Vectors pixels = Vectors.pixels(images);
        assertArrayEquals(new double[] {0, 1, 0.2f, 0.4f}, pixels.features().toDoubles());
        assertArrayEquals(new long[] {1, 0}, pixels.labels().toLongs());
        assertArrayEquals(new double[] {0.1, 0.7}, pixels.mean(), 1e-7);
        assertArrayEquals(new double[] {-0.1, 0.3, 0.1, -0.3}, pixels.minus(pixels.mean()).features().toDoubles(), 1e-7);
        assertArrayEquals(new double[] {0, 1, 0.2f, 0.4f}, pixels.features().toDoubles(), "the original stays");
    }

    @Test
    void labelsAndShapesAreChecked() {
        Tensor two = Tensor.of(new float[] {1, 2}, 2, 1);
        assertEquals("vectors \"v\": label 2 at index 1, classes are 0..1. Are labels 1-based?", assertThrows(
                IllegalArgumentException.class, () -> new Vectors("v", two, Tensor.of(new int[] {1, 2}, 2), 2)).getMessage());
        assertEquals("vectors \"v\": labels are int32 [1], needs int32 [2].", assertThrows(IllegalArgumentException.class,
                () -> new Vectors("v", two, Tensor.of(new int[] {1}, 1), 2)).getMessage());
        assertEquals("vectors \"v\": features are int32 [2], needs float32 [N, D].", assertThrows(IllegalArgumentException.class,
                () -> new Vectors("v", Tensor.of(new int[] {1, 2}, 2), Tensor.of(new int[] {1, 1}, 2), 2)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> PlanePoints.xor(2, 1).minus(new double[3]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"xor", "rings", "spirals"})
    void pointsDependOnTheSeedAlone(String name) {
        Vectors first = PlanePoints.create(name, PlanePoints.PER_CLASS, 7);
        assertArrayEquals(first.features().toFloats(), PlanePoints.create(name, 500, 7).features().toFloats());
        assertNotEquals(first.features().get(0, 0), PlanePoints.create(name, 500, 8).features().get(0, 0));
        assertEquals(1000, first.size());
        assertEquals(500, Arrays.stream(first.labels().toLongs()).sum(), "half of them are of class 1");
    }

    @Test
    void ringsHaveTheirRadiiAndNoise() {
        Vectors rings = PlanePoints.rings(500, 1);
        double[][] points = points(rings);
        for (int label = 0; label < 2; label++) {
            double sum = 0;
            double squares = 0;
            for (int i = label; i < points.length; i += 2) {
                double radius = Math.hypot(points[i][0], points[i][1]);
                sum += radius;
                squares += radius * radius;
            }
            double mean = sum / 500;
            // The mean radius is r + noise² / 2r; three standard errors of the mean, and of the deviation, of 500 points.
            assertEquals(label + 1 + 0.01 / 2 / (label + 1), mean, 3 * 0.1 / Math.sqrt(500));
            assertEquals(0.1, Math.sqrt(squares / 500 - mean * mean), 3 * 0.1 / Math.sqrt(1000));
        }
    }

    @Test
    void xorFillsTheQuadrantsEvenly() {
        double[][] points = points(PlanePoints.xor(500, 3));
        int[] counts = new int[4];
        int wrong = 0;
        for (int i = 0; i < points.length; i++) {
            boolean right = points[i][0] > 0;
            boolean up = points[i][1] > 0;
            counts[(right ? 1 : 0) + (up ? 2 : 0)]++;
            wrong += (right != up) == (i % 2 == 1) ? 0 : 1;
        }
        assertTrue(wrong <= 3, wrong + " points in another quadrant than their class's; 4 deviations away 0.06 are expected");
        Arrays.stream(counts).forEach(c -> assertEquals(250, c, 3));
    }

    @Test
    void unknownNamesListTheKnown() {
        assertEquals("points \"moons\": unknown; known are xor, rings, spirals.",
                assertThrows(IllegalArgumentException.class, () -> PlanePoints.create("moons", 5, 1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> PlanePoints.create("xor", 0, 1));
    }
}
