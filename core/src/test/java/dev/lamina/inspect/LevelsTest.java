package dev.lamina.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.inspect.PatchPicture.Square;
import dev.lamina.inspect.learned.Region;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class LevelsTest {
    private static Tensor floats(double[] values, long... dims) {
        return Tensor.of(DType.FLOAT32, values, dims);
    }

    @Test
    void greyRunsFromTheLeastToTheGreatest() {
        assertArrayEquals(new long[] {0, 51, 255, 128}, Levels.minMax(floats(new double[] {-1, 0, 4, 1.5}, 2, 2)).toLongs());
        assertArrayEquals(new long[] {0, 0}, Levels.minMax(floats(new double[] {3, 3}, 1, 2)).toLongs());
        assertArrayEquals(new long[] {0, 255}, Levels.grey(floats(new double[] {-2, 2}, 1, 2), -2, 2).toLongs());
    }

    @Test
    void heatRunsFromWhiteToDark() {
        assertArrayEquals(new long[] {255, 8, 255, 48, 255, 107}, Levels.heat(floats(new double[] {0, 7}, 1, 2)).toLongs());
        assertArrayEquals(new long[] {255, 255, 255}, Levels.heat(new double[] {5}, 1, 1, 5, 5).toLongs());
    }

    @Test
    void signalsAreShownLessTheirMean() {
        assertArrayEquals(new long[] {255, 86, 86, 86}, Levels.meanRemoved(floats(new double[] {7, 3, 3, 3}, 1, 2, 2)).toLongs());
        assertArrayEquals(new long[] {128, 128}, Levels.meanRemoved(floats(new double[] {2, 2}, 1, 1, 2)).toLongs());
        assertEquals(Shape.of(1, 1, 2), Levels.meanRemoved(floats(new double[] {1, 2, 3, 4}, 2, 1, 2)).shape(), "two channels: their mean");
    }

    /** A region of 2 x 3 that hangs over the upper right corner by one row and one column. */
    @Test
    void onlyWhatIsWithinTheRegionCounts() {
        Tensor signal = floats(new double[] {100, 1, 3, -50, 9, 9}, 1, 2, 3);
        assertArrayEquals(new long[] {128, 128, 128, 1, 255, 128}, Levels.meanRemoved(signal, new Region(-1, 1, 2, 3)).toLongs());
    }

    @Test
    void picturesAreEnlargedByWholeNumbersAndShrunk() {
        Tensor small = Tensor.ofBytes(new byte[] {1, 2}, 1, 1, 2);
        assertArrayEquals(new long[] {1, 1, 2, 2, 1, 1, 2, 2}, Levels.fit(small, 5).toLongs());
        assertEquals(Shape.of(3, 16, 32), Levels.fit(Tensor.zeros(DType.UINT8, Shape.of(3, 50, 100)), 32).shape());
    }

    @Test
    void deeperFiltersAreARowOfGreyTilesEach() {
        Tensor filters = Tensor.zeros(DType.FLOAT32, Shape.of(3, 2, 2, 2));
        filters.set(0.5, 1, 0, 0, 0);
        filters.set(-0.5, 1, 0, 0, 1);
        Tensor picture = FilterPicture.of(filters);
        // Tiles of 24 pixels with white lines of 2 between; a margin of 8.
        int row = 8 + 2 + 26;
        assertEquals(255, picture.getLong(0, row, 8 + 2));
        assertEquals(0, picture.getLong(0, row, 8 + 2 + 12));
        assertEquals(128, picture.getLong(0, row, 8 + 2 + 26));
        assertEquals(255, picture.getLong(0, 9, 9), "white between");
        assertEquals("filters: shape [3, 2], needs [K, C, R, S].", assertThrows(IllegalArgumentException.class,
                () -> FilterPicture.of(Tensor.zeros(DType.FLOAT32, Shape.of(3, 2)))).getMessage());
    }

    @Test
    void firstFiltersHaveTheirColours() {
        Tensor filters = Tensor.zeros(DType.FLOAT32, Shape.of(120, 3, 1, 1));
        filters.set(1, 0, 0, 0, 0);
        // Below the title: "the first 96 of 120 filters".
        Tensor picture = FilterPicture.of(filters);
        int top = 8 + 16 + 8 + 8 + 8;
        assertArrayEquals(new long[] {255, 128, 128}, new long[] {picture.getLong(0, top, 24), picture.getLong(1, top, 24),
            picture.getLong(2, top, 24)});
    }

    @Test
    void mapsAreSortedAndShareAScaleWhereAsked() {
        Tensor maps = floats(new double[] {0, 1, 0, 4}, 2, 1, 2);
        Tensor own = MapsPicture.of("", maps, MapsPicture.Options.defaults());
        Tensor shared = MapsPicture.of("", maps, new MapsPicture.Options(true, true, 2));
        // The second pixel of the first tile, 36 pixels wide: its own greatest; sorted, the greatest of all.
        assertEquals(255, own.getLong(0, 10, 8 + 40));
        assertEquals(255, shared.getLong(0, 10, 8 + 40));
        assertEquals(64, shared.getLong(0, 10, 8 + 72 + 8 + 40), "a quarter of the shared scale");
        assertEquals(Shape.of(3, 8 + 24 + 36 + 16 + 8, 8 + 72 + 8), MapsPicture.of("x", maps, new MapsPicture.Options(false, true, 1))
                .shape());
    }

    @Test
    void numbersAreShort() {
        assertEquals("0.0123 12.3 -123 3040 0.00", Figure.number(0.01234) + " " + Figure.number(12.34) + " " + Figure.number(-123.4) + " "
                + Figure.number(3040.2) + " " + Figure.number(0));
    }

    @Test
    void patchesAreSquaresOfTiles() {
        Tensor tile = Tensor.full(DType.UINT8, Shape.of(1, 32, 32), 7);
        Tensor picture = PatchPicture.of("", List.of(List.of(new Square("", List.of(tile, tile, tile)), new Square("", List.of(tile)))));
        // Two tiles of 64 pixels a row, white lines of 2, the second square of one tile.
        assertEquals(Shape.of(3, 8 + 134 + 8, 8 + 134 + 8 + 68 + 8), picture.shape());
        assertEquals(7, picture.getLong(2, 8 + 2, 8 + 2));
        assertEquals(255, picture.getLong(2, 8 + 2 + 64, 8 + 2));
    }
}
