package dev.lamina.check;

import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;

/** Moves numbers a little at random, to see what comes of it. */
final class Nudge {
    private Nudge() { }

    /** A copy whose elements are each off by up to this share of themselves, at random; the tensor itself if it is not floating. */
    static Tensor by(double share, Tensor tensor, Philox.Stream random) {
        return by(share, tensor, random, 1);
    }

    /** The same, but elements that follow each other, in runs of this length, are off by the same share. */
    static Tensor by(double share, Tensor tensor, Philox.Stream random, int run) {
        if (!tensor.dtype().isFloating()) {
            return tensor;
        }
        double[] values = tensor.toDoubles();
        double factor = 1;
        for (int i = 0; i < values.length; i++) {
            if (i % run == 0) {
                factor = 1 + share * (2 * random.nextUniform() - 1);
            }
            values[i] *= factor;
        }
        return Tensor.of(tensor.dtype(), values, values.length).reshape(tensor.shape().toArray());
    }
}
