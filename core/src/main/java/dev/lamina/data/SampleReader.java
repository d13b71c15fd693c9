package dev.lamina.data;

import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;

/**
 * Makes the samples of training batches. Must be thread-safe, and must draw all its random numbers from the stream that it is given: then a
 * sample depends on (seed, epoch, index) alone, whatever the number of threads.
 */
@FunctionalInterface
public interface SampleReader {
    /** Reads samples as they are. */
    SampleReader PLAIN = (data, index, into, _) -> data.read(index, into);

    /**
     * Writes one sample.
     *
     * @param data the data set
     * @param index of the sample in it
     * @param into row-major tensor of the data set's sample type and shape; to be wholly overwritten
     * @param random the stream of this sample in this epoch, at its first word
     */
    void read(Dataset data, int index, Tensor into, Philox.Stream random);
}
