package dev.lamina.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Value;
import dev.lamina.io.Image;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FeaturePyramidTest {
    private static final PyramidOptions HOG = PyramidOptions.hog();

    private static String size(PyramidLevel level) {
        return level.width() + " x " + level.height() + " / " + level.cell() + " -> " + level.columns() + " x " + level.rows();
    }

    /** 640 x 480 in tenths of an octave: the last level is 480 2^-3.6 = 39.6 pixels high, 40 when rounded, which is 5 cells. */
    @Test
    void sizesOfAPhotograph() {
        FeaturePyramid pyramid = FeaturePyramid.hog(640, 480, HOG);
        List<PyramidLevel> levels = pyramid.levels();
        assertEquals(47, levels.size());
        assertEquals("640 x 480 / 4 -> 158 x 118", size(levels.get(0)));
        assertEquals("597 x 448 / 4 -> 147 x 110", size(levels.get(1)));
        assertEquals("343 x 257 / 4 -> 84 x 62", size(levels.get(9)));
        assertEquals("640 x 480 / 8 -> 78 x 58", size(levels.get(10)));
        assertEquals("320 x 240 / 8 -> 38 x 28", size(levels.get(20)));
        assertEquals("53 x 40 / 8 -> 5 x 3", size(levels.get(46)));
        assertEquals(Optional.empty(), pyramid.finer(9));
        assertEquals(Optional.of(levels.get(0)), pyramid.finer(10));
        FeaturePyramid plain = FeaturePyramid.hog(640, 480, new PyramidOptions(5, 8, false, 3, 2, 1));
        assertEquals("640 x 480 / 8 -> 78 x 58", size(plain.levels().get(0)));
        assertEquals("320 x 240 / 8 -> 38 x 28", size(plain.levels().get(5)));
        assertEquals(82, plain.levels().getFirst().paddedColumns());
        assertEquals(60, plain.levels().getFirst().paddedRows());
    }

    /** The published plane: 1713 pixels, 108 cells. */
    @Test
    void sizesOfTheDeepPyramid() {
        FeaturePyramid pyramid = FeaturePyramid.deep(500, 375, 1713, 7, 10);
        assertEquals("1713 x 1285 / 16 -> 108 x 82", size(pyramid.levels().get(0)));
        assertEquals("857 x 642 / 16 -> 55 x 42", size(pyramid.levels().get(2)));
        assertEquals("214 x 161 / 16 -> 15 x 11", size(pyramid.levels().get(6)));
        assertEquals(128, pyramid.levels().getFirst().paddedColumns());
        Box cell = pyramid.levels().getFirst().box(12, 10, 1, 1);
        assertEquals(32.5, (cell.x1() + cell.x2()) / 2 * 1713 / 500, 1e-9, "cell 2 is centred at pixel 32, the middle of [32, 33]");
        assertEquals(0.5, (cell.y1() + cell.y2()) / 2 * 1285 / 375, 1e-9);
    }

    /** Feature cell (0, 0) covers the second cell of pixels. */
    @Test
    void cellsAndPixels() {
        PyramidLevel level = FeaturePyramid.hog(640, 480, HOG.withPadding(3, 2)).levels().get(10);
        assertEquals(new Box(8, 8, 16, 16), level.box(3, 2, 1, 1));
        assertEquals(new Box(8 + 80, 8 + 40, 8 + 120, 8 + 80), level.box(13, 7, 5, 5));
        assertEquals(new Box(-16, -8, -8, 0), level.box(0, 0, 1, 1), "padding");
        PyramidLevel half = FeaturePyramid.hog(640, 480, HOG.withPadding(3, 2)).levels().get(20);
        assertEquals(new Box(16, 16, 32, 32), half.box(3, 2, 1, 1));
        assertEquals(16, half.cellWidth());
        PyramidLevel fine = FeaturePyramid.hog(640, 480, HOG.withPadding(3, 2)).levels().get(0);
        assertEquals(new Box(4, 4, 8, 8), fine.box(3, 2, 1, 1));
        assertEquals(level.box(4, 3, 1, 1), fine.box(6, 5, 2, 2), "the same pixels on two levels");
    }

    @Test
    void errors() {
        assertEquals("pyramid: image is 30 x 19, needs 5 cells of 4 pixels along each side. Enlarge the image.",
                assertThrows(IllegalArgumentException.class, () -> FeaturePyramid.hog(30, 19, HOG)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> HOG.withLevelsPerOctave(0));
        assertThrows(IllegalArgumentException.class, () -> HOG.withPadding(0, -1));
        assertEquals("pyramid: cell = 6 pixels, needs a multiple of 4 with a fine octave.",
                assertThrows(IllegalArgumentException.class, () -> new PyramidOptions(5, 6, true, 5, 0, 0)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new PyramidOptions(5, 8, false, 2, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> FeaturePyramid.deep(500, 375, 1712, 7, 10));
        assertThrows(IllegalArgumentException.class, () -> FeaturePyramid.deep(500, 1, 17, 7, 10));
        PyramidLevel level = FeaturePyramid.hog(64, 48, HOG).levels().getFirst();
        assertEquals("pyramid: image is 48 x 64, the pyramid is for 64 x 48.",
                assertThrows(IllegalArgumentException.class, () -> level.scale(HogCheck.noise(3, 64, 48))).getMessage());
    }

    @Property(tries = 200, seed = "51")
    void levelsOfAnyImage(@ForAll @IntRange(min = 40, max = 900) int width, @ForAll @IntRange(min = 40, max = 900) int height,
            @ForAll @IntRange(min = 1, max = 10) int octave, @ForAll boolean fine, @ForAll @IntRange(min = 0, max = 6) int pad) {
        PyramidOptions options = new PyramidOptions(octave, 8, fine, 5, pad, pad + 1);
        FeaturePyramid pyramid = FeaturePyramid.hog(width, height, options);
        assertFalse(pyramid.levels().isEmpty());
        for (PyramidLevel level : pyramid.levels()) {
            assertTrue(level.columns() >= 1 && level.rows() >= 1);
            Box all = level.box(level.padX(), level.padY(), level.columns(), level.rows());
            assertTrue(all.x1() > 0 && all.y1() > 0 && all.x2() <= width && all.y2() <= height, "filled cells lie in the image");
            assertEquals(level.padX() + 2.5, level.column(level.box(level.padX() + 2.5, 0, 1, 1).x1()), 1e-9);
            assertEquals(1.25, level.row(level.box(0, 1.25, 1, 1).y1()), 1e-9);
            pyramid.finer(level.index()).ifPresent(half -> {
                assertEquals(0.5, half.cellWidth() / level.cellWidth(), 0.5 / level.width());
                assertEquals(0.5, half.cellHeight() / level.cellHeight(), 0.5 / level.height());
            });
        }
        PyramidLevel last = pyramid.levels().getLast();
        double next = Math.min(last.width(), last.height()) * Math.pow(2, -1.0 / octave);
        assertTrue(last.cell() == 4 || next < 5 * 8 + 1, "no level is left out at the end");
    }

    /** A checkerboard of 12 x 12 pixels on grey: on each level the strongest cell, put back into the image, meets it. */
    @Test
    void theStrongestCellIsWhereTheObjectIs() {
        byte[] pixels = new byte[120 * 160];
        Arrays.fill(pixels, (byte) 128);
        Box object = new Box(100, 36, 112, 48);
        for (int y = 36; y < 48; y++) {
            for (int x = 100; x < 112; x++) {
                pixels[y * 160 + x] = (byte) ((x / 4 + y / 4) % 2 * 255);
            }
        }
        Image image = new Image(1, 120, 160, pixels);
        FeaturePyramid pyramid = FeaturePyramid.hog(160, 120, HOG.withLevelsPerOctave(3).withPadding(2, 4));
        assertEquals(8, pyramid.levels().size());
        for (PyramidLevel level : pyramid.levels()) {
            Tensor features = HogLoops.of(level.scale(image), level.cell());
            assertEquals(Shape.of(32, level.rows(), level.columns()), features.shape());
            double most = -1;
            Box best = null;
            for (int y = 0; y < level.rows(); y++) {
                for (int x = 0; x < level.columns(); x++) {
                    double texture = features.get(27, y, x) + features.get(28, y, x) + features.get(29, y, x) + features.get(30, y, x);
                    if (texture > most) {
                        most = texture;
                        best = level.box(x + level.padX(), y + level.padY(), 1, 1);
                    }
                }
            }
            assertTrue(best.intersection(object, Box.Extent.CONTINUOUS) > 0, "level " + level.index() + ": " + best);
        }
    }

    @Test
    void oneGraphOfAllLevels() {
        HogPyramid hog = new HogPyramid(FeaturePyramid.hog(64, 50, HOG.withLevelsPerOctave(2).withPadding(1, 2)), 3);
        GraphBuilder graph = new GraphBuilder();
        List<Value> features = hog.add(graph);
        Image image = HogCheck.noise(3, 50, 64);
        var inputs = hog.inputs(image);
        for (PyramidLevel level : hog.pyramid().levels()) {
            assertEquals(Shape.of(1, 32, level.paddedRows(), level.paddedColumns()), features.get(level.index()).shape());
            assertEquals(Shape.of(1, 3, level.height(), level.width()), inputs.get("level" + level.index()).shape());
        }
        assertEquals(image.tensor().toString(), inputs.get("level0").reshape(3, 50, 64).toString(), "scale 1 is the image itself");
        assertEquals("pyramid: image has 1 channels, the pyramid is for 3. Convert it (Image.withChannels).",
                assertThrows(IllegalArgumentException.class, () -> hog.inputs(HogCheck.noise(1, 50, 64))).getMessage());
    }
}
