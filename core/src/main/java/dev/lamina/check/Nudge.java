package dev.lamina.check;

import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;

/** Moves numbers a little at random, to see what comes of it. */
final class Nudge {
    private Nudge() { }

    /** A copy whose elements are each off by up to this share of themselves, at random; the tensor itself if it is not floating. */
    static Tensor by(double share, Tensor tensor, Philox.Stream random) {
        if (!tensor.dtype().isFloating()) {
            return tensor;
        }
        double[] values = tensor.toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] *= 1 + share * (2 * random.nextUniform() - 1);
        }
        return Tensor.of(tensor.dtype(), values, values.length).reshape(tensor.shape().toArray());
    }
}
