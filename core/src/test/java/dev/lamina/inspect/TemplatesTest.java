package dev.lamina.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TemplatesTest {
    private static final Shape IMAGE = Shape.of(3, 2, 4);

    @Test
    void oneHotWeightIsOneBrightPixelAtItsPlaceAndChannel() {
        Tensor weight = Tensor.zeros(DType.FLOAT32, Shape.of(2, 24));
        weight.set(0.5, 1, 1 * 8 + 1 * 4 + 2);
        Tensor images = Templates.of(weight, IMAGE, Templates.Scale.SYMMETRIC);
        for (int k = 0; k < 2; k++) {
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < 2; y++) {
                    for (int x = 0; x < 4; x++) {
                        boolean bright = k == 1 && c == 1 && y == 1 && x == 2;
                        assertEquals(bright ? 255 : 128, images.getLong(k, c, y, x));
                    }
                }
            }
        }
    }

    @Test
    void symmetricScaleIsSharedAndPerTemplateIsNot() {
        Tensor weight = Tensor.of(new float[] {1, -1, 0, 0.5f, 0.25f, 0.25f, 0.25f, 0.25f}, 2, 4);
        Tensor shared = Templates.of(weight, Shape.of(1, 2, 2), Templates.Scale.SYMMETRIC);
        assertEquals(255, shared.getLong(0, 0, 0, 0));
        assertEquals(1, shared.getLong(0, 0, 0, 1));
        assertEquals(128, shared.getLong(0, 0, 1, 0));
        assertEquals(160, shared.getLong(1, 0, 0, 0));
        Tensor own = Templates.of(weight, Shape.of(1, 2, 2), Templates.Scale.PER_TEMPLATE);
        assertEquals(0, own.getLong(0, 0, 0, 1));
        assertEquals(128, own.getLong(1, 0, 0, 0), "a constant row is mid-grey");
    }

    @Test
    void gridHoldsEveryTemplate() {
        Tensor images = Tensor.zeros(DType.UINT8, Shape.of(5, 1, 2, 3));
        images.set(9, 4, 0, 1, 2);
        Tensor grid = Templates.grid(images, 3);
        assertEquals(Shape.of(1, 7, 13), grid.shape());
        assertEquals(9, grid.getLong(0, 5, 7));
        assertEquals(128, grid.getLong(0, 0, 0));
    }

    @Test
    void inputsThatAreNoImageAreRefused() {
        Tensor weight = Tensor.zeros(DType.FLOAT32, Shape.of(2, 64));
        assertEquals("templates: layer has 64 inputs, no image shape known. Pass shape [C, H, W].",
                assertThrows(IllegalArgumentException.class, () -> Templates.of(weight, null, Templates.Scale.SYMMETRIC)).getMessage());
        assertEquals("templates: layer has 64 inputs, image shape [3, 2, 4] has 24. Pass the shape [C, H, W] of the samples.",
                assertThrows(IllegalArgumentException.class, () -> Templates.of(weight, IMAGE, Templates.Scale.SYMMETRIC)).getMessage());
    }
}
