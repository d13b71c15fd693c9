package dev.lamina.samples.inspect;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;

/**
 * An image that is looked at by itself. Immutable.
 *
 * @param name for people
 * @param image uint8 {@code [C, H, W]}
 * @param label its class; -1 where that is not known
 * @param watched the class whose logit and probability are looked at
 */
public record LookedAt(String name, Tensor image, int label, int watched) {
    /** As float32 {@code [1, C, H, W]}. */
    public Tensor pixels() {
        return image.contiguous().cast(DType.FLOAT32).reshape(1, image.shape().dim(0), image.shape().dim(1), image.shape().dim(2));
    }
}
