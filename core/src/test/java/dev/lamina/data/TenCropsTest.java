package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenCropsTest {
    /** Rows 0 1 2 3, 10 11 12 13, 20 21 22 23; the second channel 100 more. */
    private static Tensor image() {
        byte[] bytes = new byte[24];
        for (int i = 0; i < 24; i++) {
            bytes[i] = (byte) (i / 12 * 100 + i % 12 / 4 * 10 + i % 4);
        }
        return Tensor.ofBytes(bytes, 2, 3, 4);
    }

    private static Dataset data(Tensor... images) {
        Tensor all = Tensor.zeros(DType.UINT8, Shape.of(images.length, 2, 3, 4));
        Tensor labels = Tensor.zeros(DType.INT32, Shape.of(images.length));
        for (int i = 0; i < images.length; i++) {
            all.select(0, i).copyFrom(images[i]);
            labels.set(i % 2, i);
        }
        return new InMemoryDataset("tiny", all, labels, List.of("a", "b"));
    }

    @Test
    void viewsByHand() {
        Tensor views = TenCrops.of(image(), 2, 2);
        assertEquals(Shape.of(10, 2, 2, 2), views.shape());
        long[][] expected = {{0, 1, 10, 11}, {2, 3, 12, 13}, {10, 11, 20, 21}, {12, 13, 22, 23}, {1, 2, 11, 12},
            {1, 0, 11, 10}, {3, 2, 13, 12}, {11, 10, 21, 20}, {13, 12, 23, 22}, {2, 1, 12, 11}};
        for (int v = 0; v < 10; v++) {
            assertArrayEquals(expected[v], views.select(0, v).select(0, 0).toLongs(), "view " + v);
            assertEquals(expected[v][3] + 100, views.getLong(v, 1, 1, 1), "second channel of view " + v);
        }
    }

    @Test
    void aDataSetOfViewsHoldsThemInOrderWithTheirLabels() {
        Tensor other = Tensor.full(DType.UINT8, Shape.of(2, 3, 4), 7);
        TenCrops views = new TenCrops(data(image(), other), 3, 2);
        assertEquals(20, views.size());
        assertEquals(Shape.of(2, 3, 2), views.sampleShape());
        assertEquals(List.of("a", "b"), views.classNames());
        Tensor into = Tensor.zeros(DType.UINT8, views.sampleShape());
        views.read(9, into);
        assertArrayEquals(new long[] {2, 1, 12, 11, 22, 21}, into.select(0, 0).toLongs(), "centre, mirrored");
        assertEquals(0, views.label(9));
        views.read(10, into);
        assertArrayEquals(new long[] {7, 7, 7, 7, 7, 7}, into.select(0, 1).toLongs());
        assertEquals(1, views.label(10));
    }

    @Test
    void squaresAreTheCentreAfterResizingTheShorterSide() {
        Tensor square = TenCrops.square(image(), 3);
        assertArrayEquals(new long[] {0, 1, 2, 10, 11, 12, 20, 21, 22}, square.select(0, 0).toLongs(), "(4 - 3) / 2 = 0");
        assertEquals(Shape.of(2, 6, 6), TenCrops.square(image(), 6).shape());
        TenCrops views = new TenCrops(data(image()), 3, 2, 2);
        Tensor into = Tensor.zeros(DType.UINT8, views.sampleShape());
        views.read(1, into);
        assertArrayEquals(new long[] {1, 2, 11, 12}, into.select(0, 0).toLongs(), "top right of the square");
    }

    @Test
    void viewsMustBeSmaller() {
        assertEquals("ten crops: data \"tiny\" has samples [2, 3, 4], the views are 3 x 4 (samples must be larger than views). "
                + "Evaluate without ten crops.", message(() -> new TenCrops(data(image()), 3, 4)));
        assertEquals("ten crops: data \"tiny\" has samples [2, 3, 4], the views are 4 x 4 (samples must be larger than views). "
                + "Give larger samples, or a model with a smaller input.", message(() -> new TenCrops(data(image()), 4, 4)));
        assertEquals("ten crops: samples are brought to [2, 2, 2], the views are 2 x 2 (samples must be larger than views). "
                + "Evaluate without ten crops.", message(() -> new TenCrops(data(image()), 2, 2, 2)));
        assertEquals("ten crops: samples are brought to [2, -3, -3], the views are 2 x 2 (samples must be larger than views). "
                + "Give larger samples, or a model with a smaller input.", message(() -> new TenCrops(data(image()), -3, 2, 2)));
        assertEquals("ten crops: image [2, 3, 4], the views are 5 x 2 (samples must be larger than views). "
                + "Give larger samples, or a model with a smaller input.", message(() -> TenCrops.of(image(), 5, 2)));
        Dataset floats = FloatDataset.of(data(image()), Tensor.zeros(DType.FLOAT32, Shape.of(1, 24)), Shape.of(2, 3, 4));
        assertEquals("ten crops: data \"tiny\" has samples of float32, needs images of uint8.", message(() -> new TenCrops(floats, 2, 2)));
    }

    private static String message(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(IllegalArgumentException.class, call).getMessage();
    }
}
