package dev.lamina.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Vectors;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DecisionRegionsTest {
    private static final DecisionRegions.Frame UNIT = new DecisionRegions.Frame(-1, 1, -1, 1);

    /** Class 1 to the right of the middle, the surer the further. */
    private static double[] rightIsOne(Vectors points) {
        double[] xy = points.features().toDoubles();
        double[] logits = new double[xy.length];
        for (int i = 0; i < xy.length; i += 2) {
            logits[i + 1] = 10 * xy[i];
        }
        return logits;
    }

    private static Vectors points(float... xy) {
        return new Vectors("p", Tensor.of(xy, xy.length / 2, 2), Tensor.of(new int[xy.length / 2], xy.length / 2), 2);
    }

    private static long[] colour(Tensor picture, int row, int column) {
        return new long[] {picture.getLong(0, row, column), picture.getLong(1, row, column), picture.getLong(2, row, column)};
    }

    @Test
    void gridHasPixelCentresFromTheTopLeft() {
        Vectors grid = new DecisionRegions(UNIT, 2, 2).grid();
        assertArrayEquals(new double[] {-0.5, 0.5, 0.5, 0.5, -0.5, -0.5, 0.5, -0.5}, grid.features().toDoubles());
    }

    @Test
    void coloursShowTheClassAndHowSureItIs() {
        Tensor picture = new DecisionRegions(UNIT, DecisionRegions.SIDE, 2).draw(DecisionRegionsTest::rightIsOne, null);
        assertEquals(Shape.of(3, 200, 200), picture.shape());
        long[] sureBlue = colour(picture, 100, 0);
        long[] sureOrange = colour(picture, 100, 199);
        assertTrue(sureBlue[2] > sureBlue[0], "blue at the left");
        assertTrue(sureOrange[0] > sureOrange[2], "orange at the right");
        assertTrue(colour(picture, 100, 99)[0] > sureBlue[0], "pale where the model is unsure");
        // At x = 0.995 p = 1 / (1 + e^-9.95); share 2p - 1; white mixed with the class colour by 0.15 + 0.5 share.
        double share = 0.15 + 0.5 * (2 / (1 + Math.exp(-9.95)) - 1);
        assertEquals(Math.round(255 * (1 - share) + 127 * share), sureOrange[1]);
    }

    @Test
    void pointsAreDrawnWhereTheyAre() {
        DecisionRegions regions = new DecisionRegions(UNIT, 20, 2);
        Tensor without = regions.draw(DecisionRegionsTest::rightIsOne, null);
        Tensor with = regions.draw(DecisionRegionsTest::rightIsOne, points(0.45f, 0.85f, 3, 3));
        int changed = 0;
        for (int row = 0; row < 20; row++) {
            for (int column = 0; column < 20; column++) {
                boolean dot = (row == 1 || row == 2) && (column == 14 || column == 15);
                boolean differs = colour(with, row, column)[0] != colour(without, row, column)[0];
                assertEquals(dot, differs, "row " + row + ", column " + column);
                changed += differs ? 1 : 0;
            }
        }
        assertEquals(4, changed);
    }

    @Test
    void textHasALetterAClass() {
        assertEquals("..oo\n..oo\n", new DecisionRegions(UNIT, 8, 2).text(DecisionRegionsTest::rightIsOne, 4));
    }

    @Test
    void frameHoldsAllPointsAndATenthMore() {
        DecisionRegions.Frame frame = DecisionRegions.Frame.around(points(1, -2, 0.5f, 1));
        assertEquals(-2.2, frame.left(), 1e-12);
        assertEquals(2.2, frame.top(), 1e-12);
    }

    @Test
    void pointsOfMoreThanTwoNumbersAreRefused() {
        Vectors three = new Vectors("three", Tensor.of(new float[3], 1, 3), Tensor.of(new int[1], 1), 2);
        assertEquals("regions: \"three\" has 3 features, needs 2.",
                assertThrows(IllegalArgumentException.class, () -> DecisionRegions.Frame.around(three)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new DecisionRegions(UNIT, 0, 2));
        assertThrows(IllegalArgumentException.class, () -> new DecisionRegions.Frame(1, 1, 0, 1));
    }
}
