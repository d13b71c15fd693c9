package dev.lamina.data;

import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;

/**
 * A random change to one sample before it enters a batch, for example a shift or a mirror image. Must be thread-safe, and must draw all its
 * random numbers from the stream that it is given: then a sample's change depends on (seed, epoch, index of the sample) alone.
 */
@FunctionalInterface
public interface SampleTransform {
    /**
     * Changes the sample in place.
     *
     * @param sample row-major uint8 {@code [C, H, W]}
     * @param random the stream of this sample in this epoch, at its first word
     */
    void apply(Tensor sample, Philox.Stream random);
}
