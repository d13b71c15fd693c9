package dev.lamina.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HogPictureTest {
    private static final int SIDE = 9;

    private static Tensor features() {
        return Tensor.zeros(DType.FLOAT32, Shape.of(32, 2, 3));
    }

    /** A gradient to the right is the edge of something upright: the middle column of the cell is white, the rest black. */
    @Test
    void strokesRunAlongTheEdge() {
        Tensor features = features();
        features.set(0.4, 0, 1, 2);
        Tensor picture = HogPicture.of(features, SIDE);
        assertEquals(Shape.of(1, 2 * SIDE, 3 * SIDE), picture.shape());
        for (int y = 0; y < 2 * SIDE; y++) {
            for (int x = 0; x < 3 * SIDE; x++) {
                boolean stroke = x == 2 * SIDE + 4 && y > SIDE && y < 2 * SIDE - 1;
                boolean end = x == 2 * SIDE + 4 && (y == SIDE || y == 2 * SIDE - 1);
                assertEquals(stroke ? 255 : end ? 128 : 0, picture.getLong(0, y, x), y + ", " + x);
            }
        }
    }

    @Test
    void oppositesAndUnsignedChannelsAddUp() {
        Tensor features = features();
        features.set(0.2, 3, 0, 0);
        features.set(0.1, 12, 0, 0);
        features.set(0.1, 21, 0, 0);
        features.set(0.2, 3, 1, 1);
        features.set(-5, 4, 1, 1);
        features.set(9, 31, 0, 2);
        long[] picture = HogPicture.of(features, SIDE).toLongs();
        int width = 3 * SIDE;
        assertEquals(255, picture[4 * width + 4]);
        assertEquals(128, picture[(SIDE + 4) * width + SIDE + 4], "half the weight; negative ones are not shown");
        assertEquals(0, picture[4 * width + 2 * SIDE + 4], "the border flag is no direction");
        // 60 degrees, y down: the stroke at right angles runs from below left to above right, 30 degrees from the horizontal.
        assertTrue(picture[2 * width + 7] > 100 && picture[6 * width + 1] > 100);
        assertEquals(0, picture[6 * width + 7]);
    }

    @Test
    void nothingIsBlack() {
        assertTrue(Arrays.stream(HogPicture.of(features(), 5).toLongs()).allMatch(p -> p == 0));
    }

    @Test
    void errors() {
        assertEquals("hog picture: features are float32 [26, 2, 2], needs floating-point [27 or more, rows, columns].",
                assertThrows(IllegalArgumentException.class, () -> HogPicture.of(Tensor.zeros(DType.FLOAT32, Shape.of(26, 2, 2)), 9))
                        .getMessage());
        assertThrows(IllegalArgumentException.class, () -> HogPicture.of(features(), 4));
        Tensor nan = features();
        nan.set(Double.NaN, 5, 0, 1);
        assertEquals("hog picture: value NaN in channel 5, needs finite ones.",
                assertThrows(IllegalArgumentException.class, () -> HogPicture.of(nan, 9)).getMessage());
    }
}
