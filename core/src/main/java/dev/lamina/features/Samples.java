package dev.lamina.features;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/**
 * What featurisers read: samples of one shape by index, perhaps with labels. Bytes are read as pixels, so featurisers see {@code p / 255};
 * float32 values are seen as they are, images therefore in [0, 1]. Immutable; any number of threads may read.
 */
public interface Samples {
    /** Number of samples. */
    int size();

    /** Shape of one sample: {@code [C, H, W]} of images, {@code [D]} of vectors. */
    Shape sampleShape();

    /** {@link DType#UINT8} (0 to 255, seen as 0 to 1) or {@link DType#FLOAT32}. */
    DType type();

    /**
     * Copies samples.
     *
     * @param first index of the first
     * @param into row-major {@code [n, sampleShape]} of {@link #type}, wholly overwritten
     */
    void read(int first, Tensor into);

    /** Number of classes; 0 if there are no labels. */
    int classes();

    /** Class of one sample, in {@code [0, classes)}. Only where there are labels. */
    int label(int index);

    /** The samples of a data set with its labels. */
    static Samples of(Dataset data) {
        return new DatasetSamples(data);
    }

    /**
     * Samples that lie in a tensor {@code [N, ...]}, without labels.
     *
     * @throws IllegalArgumentException if it is neither uint8 nor float32, or has no sample
     */
    static Samples of(Tensor images) {
        return new TensorSamples(images, new int[0], 0);
    }

    /**
     * Samples that lie in a tensor {@code [N, ...]}, with one label each.
     *
     * @throws IllegalArgumentException if numbers differ, or a label is outside {@code [0, classes)}
     */
    static Samples of(Tensor images, int[] labels, int classes) {
        return new TensorSamples(images, labels.clone(), classes);
    }
}
