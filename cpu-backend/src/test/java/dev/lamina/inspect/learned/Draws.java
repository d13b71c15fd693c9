package dev.lamina.inspect.learned;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/** Drawn pixels. */
final class Draws {
    private Draws() { }

    /** Whole numbers from 0 to 255 as float32. */
    static Tensor pixels(int salt, long... dims) {
        Philox.Stream random = new Philox.Stream(salt, 0, 11);
        double[] values = new double[(int) Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(256);
        }
        return Tensor.of(DType.FLOAT32, values, dims);
    }
}
