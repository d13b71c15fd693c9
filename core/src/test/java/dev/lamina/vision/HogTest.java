package dev.lamina.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.TensorType;
import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shapes and errors of the layers, and the loops that they are compared with where backends are. */
class HogTest {
    private static Shape shape(Hog hog, int padX, int padY, long... image) {
        return hog.of(new GraphBuilder().input("x", TensorType.of(DType.FLOAT32, image)), padX, padY).shape();
    }

    private static String error(Hog hog, DType dtype, long... image) {
        return assertThrows(GraphException.class, () -> hog.of(new GraphBuilder().input("x", TensorType.of(dtype, image)))).getMessage();
    }

    @ParameterizedTest
    @CsvSource({"8, 64, 128, 6, 14", "8, 67, 131, 6, 14", "8, 68, 132, 7, 15", "8, 480, 640, 58, 78", "4, 480, 640, 118, 158",
        "8, 20, 20, 1, 1", "4, 10, 11, 1, 1"})
    void sizes(int cell, int height, int width, int rows, int columns) {
        Hog hog = new Hog(cell);
        assertEquals(Shape.of(2, 32, rows, columns), shape(hog, 0, 0, 2, 3, height, width));
        assertEquals(rows, hog.cells(height));
        assertEquals(columns, hog.cells(width));
        assertEquals(Shape.of(1, 32, rows + 10, columns + 6), shape(hog, 3, 5, 1, 1, height, width));
        assertEquals(Math.round((double) height / cell) - 2, hog.cells(height));
    }

    @Test
    void errors() {
        Hog hog = new Hog(8);
        assertEquals("hog: input [1, 3, 19, 40] has 2 x 5 cells of 8 pixels, needs at least 3 x 3 and one channel. Enlarge the image.",
                error(hog, DType.FLOAT32, 1, 3, 19, 40));
        assertEquals("hog: input has rank 3 [3, 40, 40], needs rank 4 [N, C, H, W].", error(hog, DType.FLOAT32, 3, 40, 40));
        assertEquals("hog: input is uint8, needs a floating-point type. Cast it first.", error(hog, DType.UINT8, 1, 3, 40, 40));
        assertThrows(IllegalArgumentException.class, () -> new Hog(7));
        assertThrows(IllegalArgumentException.class, () -> new Hog(0));
        assertThrows(GraphException.class, () -> shape(hog, -1, 0, 1, 3, 40, 40));
    }

    @Test
    void sectorsShareTheirEdges() {
        for (int o = 0; o <= 18; o++) {
            assertEquals(Math.cos(Math.toRadians(20 * o - 10)), Hog.edgeCos(o), 1e-15);
            assertEquals(Math.sin(Math.toRadians(20 * o - 10)), Hog.edgeSin(o), 1e-15);
        }
        assertEquals(0, Hog.edgeCos(5), 0, "straight down is an edge");
        assertEquals(0, Hog.edgeCos(14), 0, "straight up");
        assertEquals((float) Hog.edgeCos(0), (float) Hog.edgeCos(18), "the last edge is the first");
        assertEquals((float) Hog.edgeSin(0), (float) Hog.edgeSin(18));
    }

    @Test
    void aConstantImageHasNoFeatures() {
        byte[] pixels = new byte[3 * 40 * 48];
        Arrays.fill(pixels, (byte) 170);
        assertTrue(Arrays.stream(HogLoops.of(new Image(3, 40, 48, pixels), 8).toDoubles()).allMatch(v -> v == 0));
    }

    /** Dark left of column 24, bright right of it: direction 0, unsigned 0, in the two columns of cells beside the edge. */
    @Test
    void aVerticalEdgeHasOneDirection() {
        Tensor features = HogLoops.of(edge(false), 8);
        for (int y = 0; y < 4; y++) {
            assertEquals(4 * 0.2 / 2, features.get(0, y, 1), 1e-12, "all four blocks are cut");
            assertEquals(4 * 0.2 / 2, features.get(18, y, 2), 1e-12);
            assertEquals(0.2357 * 0.2, features.get(27, y, 1), 1e-12);
            assertEquals(0, features.get(0, y, 0) + features.get(0, y, 3), "cells away from the edge");
            for (int o = 1; o < 18; o++) {
                assertEquals(0, features.get(o, y, 1), "direction " + o);
            }
            assertEquals(0, features.get(31, y, 1));
        }
        assertEquals(0.4, HogLoops.of(edge(true), 8).get(9, 1, 1), 1e-12, "the opposite edge");
    }

    private static Image edge(boolean mirrored) {
        byte[] pixels = new byte[3 * 48 * 48];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i % 48 < 24 == mirrored ? 200 : 10);
        }
        return new Image(3, 48, 48, pixels);
    }

    /**
     * One bright pixel at (11, 11): its neighbours right and left vote in directions 9 and 0, those below and above in 13 and 4. The centre
     * of cell 1 is 11.5, so it gets almost all; the other cells of each block share the little that is left.
     */
    @Test
    void votesByHand() {
        byte[] pixels = new byte[24 * 24];
        pixels[11 * 24 + 11] = 60;
        Tensor features = HogLoops.of(new Image(1, 24, 24, pixels), 8);
        assertEquals(Shape.of(32, 1, 1), features.shape());
        double[][] energy = energies(new double[] {60}, 11);
        double before = 60 * (1 - 0.5 / 8) * (1 - 1.5 / 8);
        double after = 60 * (1 - 0.5 / 8) * (1 - 0.5 / 8);
        assertEquals(2 * (before + after) * (before + after), energy[1][1], 1e-9);
        double scale = 1 / Math.sqrt(energy[1][1] + energy[1][2] + energy[2][1] + energy[2][2] + 1e-4);
        assertTrue(before * scale > 0.2, "all is cut");
        for (int o = 0; o < 18; o++) {
            assertEquals(o % 9 == 0 || o % 9 == 4 ? 0.4 : 0, features.get(o, 0, 0), 1e-12, "direction " + o);
        }
        for (int block = 27; block < 31; block++) {
            assertEquals(0.2357 * 4 * 0.2, features.get(block, 0, 0), 1e-12);
        }
    }

    /** A fainter pixel beside a strong edge is below the cut; both vote in the same four directions. */
    @Test
    void sharesBelowTheCut() {
        byte[] pixels = new byte[24 * 24];
        pixels[11 * 24 + 11] = 60;
        pixels[20 * 24 + 20] = (byte) 250;
        Tensor features = HogLoops.of(new Image(1, 24, 24, pixels), 8);
        double[][] energy = energies(new double[] {60, 250}, 11, 20);
        double[] shares = new double[4];
        for (int block = 0; block < 4; block++) {
            double sum = 0;
            for (int i = 0; i < 4; i++) {
                sum += energy[1 - block % 2 + i / 2][1 - block / 2 + i % 2];
            }
            shares[block] = 1 / Math.sqrt(sum + 1e-4);
        }
        double own = 60 * share(11, 1) * share(10, 1) + 250 * share(20, 1) * share(19, 1);
        double half = Math.min(0.2, own * shares[0]) + Math.min(0.2, own * shares[1]) + Math.min(0.2, own * shares[2])
                + Math.min(0.2, own * shares[3]);
        assertTrue(own * shares[0] < 0.2, "below the cut: " + own * shares[0]);
        assertEquals(half / 2, features.get(0, 0, 0), 1e-12);
    }

    /** Energies of the 3 x 3 cells for pixels of these levels on the diagonal: both directions of an axis fall together. */
    private static double[][] energies(double[] levels, int... places) {
        double[][] energy = new double[3][3];
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 3; c++) {
                double horizontal = 0;
                double vertical = 0;
                for (int i = 0; i < levels.length; i++) {
                    int at = places[i];
                    horizontal += levels[i] * share(at, r) * (share(at - 1, c) + share(at + 1, c));
                    vertical += levels[i] * share(at, c) * (share(at - 1, r) + share(at + 1, r));
                }
                energy[r][c] = horizontal * horizontal + vertical * vertical;
            }
        }
        return energy;
    }

    private static double share(int pixel, int cell) {
        return Math.max(0, 1 - Math.abs((pixel + 0.5) / 8 - 0.5 - cell));
    }
}
