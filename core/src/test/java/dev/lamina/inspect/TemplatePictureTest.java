package dev.lamina.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class TemplatePictureTest {
    private static final long[] WHITE = {255, 255, 255};

    private static long[] colour(Tensor picture, long row, long column) {
        return new long[] {picture.getLong(0, row, column), picture.getLong(1, row, column), picture.getLong(2, row, column)};
    }

    @Test
    void signedColoursWithOneScale() {
        // Two templates of 2 x 2 pixels, each pixel 42 in the figure, margins of 8 twice.
        Tensor weight = Tensor.of(new float[] {2, -2, 0, 1, 0, 0, 0, 0}, 2, 4);
        Tensor picture = TemplatePicture.of(weight, Shape.of(1, 2, 2), List.of("a", "b"), 2);
        assertArrayEquals(new long[] {178, 24, 43}, colour(picture, 16 + 1, 16 + 1), "the largest weight is red");
        assertArrayEquals(new long[] {33, 102, 172}, colour(picture, 16 + 1, 16 + 43), "its negative is blue");
        assertArrayEquals(WHITE, colour(picture, 16 + 43, 16 + 1), "zero is white");
        assertArrayEquals(new long[] {217, 140, 149}, colour(picture, 16 + 43, 16 + 43), "half is half way");
        long width = picture.shape().dim(2);
        // Below the grid, its captions and gaps: the scale bar from blue to red.
        long bar = 8 + (8 + 84 + 16 + 8) + 8 + 6;
        assertArrayEquals(new long[] {33, 102, 172}, colour(picture, bar, 8));
        assertArrayEquals(new long[] {178, 24, 43}, colour(picture, bar, width - 9));
    }

    @Test
    void threeChannelsAreShownAsTheyAre() {
        Tensor weight = Tensor.zeros(DType.FLOAT32, Shape.of(1, 12));
        weight.set(0.5, 0, 4);
        Tensor picture = TemplatePicture.of(weight, Shape.of(3, 2, 2), List.of("a"), 1);
        assertArrayEquals(new long[] {128, 255, 128}, colour(picture, 17, 17), "the first pixel of the second channel");
        assertArrayEquals(new long[] {128, 128, 128}, colour(picture, 17, 16 + 43));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Tensor weight = Tensor.zeros(DType.FLOAT32, Shape.of(2, 8));
        assertEquals("templates: 1 names, needs one for each of 2 rows.", assertThrows(IllegalArgumentException.class,
                () -> TemplatePicture.of(weight, Shape.of(1, 2, 4), List.of("a"), 2)).getMessage());
        assertEquals("templates: images have 2 channels, a picture needs 1 or 3. Use Templates.of for single channels.",
                assertThrows(IllegalArgumentException.class,
                        () -> TemplatePicture.of(weight, Shape.of(2, 2, 2), List.of("a", "b"), 2)).getMessage());
    }

    @Test
    void panelsAreSideBySideAndZoomed() {
        Tensor dot = Tensor.ofBytes(new byte[] {10, 20}, 1, 1, 2);
        Tensor figure = Figure.of("", 2, List.of(new Figure.Panel("", dot, 3), new Figure.Panel("", dot, 1), new Figure.Panel("", dot, 1)));
        assertEquals(Shape.of(3, 8 + 3 + 8 + 1 + 8, 8 + 6 + 8 + 2 + 8), figure.shape());
        assertArrayEquals(new long[] {10, 10, 10}, colour(figure, 10, 10));
        assertArrayEquals(new long[] {20, 20, 20}, colour(figure, 8, 11));
        assertArrayEquals(new long[] {20, 20, 20}, colour(figure, 8, 8 + 6 + 8 + 1));
        assertArrayEquals(new long[] {10, 10, 10}, colour(figure, 19, 8), "the third begins the second row");
        assertArrayEquals(WHITE, colour(figure, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> Figure.of("", 1, List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Figure.Panel("", Tensor.of(new float[2], 1, 1, 2), 1));
    }
}
