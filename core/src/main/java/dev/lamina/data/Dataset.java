package dev.lamina.data;

import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Labelled images of one shape, by index. Implementations are immutable and any number of threads may read.
 */
public interface Dataset {
    /** Name for messages and reports, e.g. {@code mnist}. */
    String name();

    /** Number of samples. */
    int size();

    /** Shape of one sample, {@code [C, H, W]}. */
    Shape sampleShape();

    /** Element type of a sample: {@link DType#UINT8}, 0 to 255, of images; {@link DType#FLOAT32} of vectors that are taken as they are. */
    default DType sampleType() {
        return DType.UINT8;
    }

    /** Names of the classes in label order. */
    List<String> classNames();

    /**
     * Writes one sample.
     *
     * @param index in {@code [0, size)}
     * @param into row-major tensor of {@link #sampleType} and {@link #sampleShape}; wholly overwritten
     * @throws IndexOutOfBoundsException if there is no such sample
     * @throws IllegalArgumentException if {@code into} has another type or shape
     */
    void read(int index, Tensor into);

    /**
     * The image from which {@link #read} makes a uint8 sample: of its own size where samples are resized and cut, else the sample itself.
     * Augmentation may start from it. Not to be written to.
     *
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    default Image source(int index) {
        Tensor sample = Tensor.zeros(sampleType(), sampleShape());
        read(index, sample);
        return Image.of(sample);
    }

    /** Writes the samples of a set. */
    @FunctionalInterface
    interface Reader {
        /** Writes one sample, as {@link Dataset#read} does. */
        void read(int index, Tensor into);
    }

    /**
     * Other samples for these, one for one, under the same name, labels and classes.
     *
     * @param reader makes them; any number of threads at once
     */
    default Dataset derived(DType type, Shape shape, Reader reader) {
        return new DerivedDataset(this, type, shape, reader, null);
    }

    /**
     * Label of one sample, in {@code [0, classNames().size())}.
     *
     * @throws IndexOutOfBoundsException if there is no such sample
     */
    int label(int index);

    /**
     * The first samples, without copying; all of them if there are no more than {@code count}.
     *
     * @throws IllegalArgumentException if {@code count < 1}
     */
    default Dataset first(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("data \"" + name() + "\": first " + count + " samples, needs a count >= 1.");
        }
        return count >= size() ? this : subset(IntStream.range(0, count).toArray());
    }

    /**
     * The samples at these indices, in this order, without copying; repetition is allowed.
     *
     * @throws IllegalArgumentException if an index is outside {@code [0, size)}
     */
    default Dataset subset(int... indices) {
        return new SubsetDataset(this, indices);
    }
}
