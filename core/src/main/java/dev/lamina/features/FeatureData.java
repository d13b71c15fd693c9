package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/**
 * The vectors of a data set as a data set: float32 samples {@code [D, 1, 1]} with the labels and classes of the images they come from, to
 * train models on. Immutable and thread-safe, but for those who write into the tensor.
 *
 * @param origin whose labels and classes these are
 * @param vectors float32 {@code [N, D]}
 */
public record FeatureData(Dataset origin, Tensor vectors) implements Dataset {
    /** Checks the shapes. */
    public FeatureData {
        boolean fits = vectors.dtype() == DType.FLOAT32 && vectors.shape().rank() == 2 && vectors.shape().dim(0) == origin.size();
        if (!fits) {
            throw new IllegalArgumentException("features of \"" + origin.name() + "\": vectors are " + vectors.dtype() + " "
                    + vectors.shape() + ", needs float32 [" + origin.size() + ", D].");
        }
    }

    /** The vectors of a data set. */
    public static FeatureData of(Backend backend, Fitted fitted, Dataset data, FitListener listener) {
        return new FeatureData(data, fitted.transform(backend, Samples.of(data), listener));
    }

    /** The vectors of training and test samples. */
    public static Split of(Backend backend, Fitted fitted, Split split, FitListener listener) {
        return new Split(of(backend, fitted, split.train(), listener), of(backend, fitted, split.test(), listener));
    }

    /** Learns from the training samples; the vectors of training and test samples. */
    public static Learned fit(Backend backend, Featurizer featurizer, Split split, FitListener listener) {
        Featurizer.Learned learned = featurizer.fitTransform(backend, Samples.of(split.train()), listener);
        return new Learned(learned.fitted(), new Split(new FeatureData(split.train(), learned.vectors()),
                of(backend, learned.fitted(), split.test(), listener)));
    }

    /**
     * What {@link #fit} gives.
     *
     * @param fitted the fitted featuriser
     * @param split the vectors
     */
    public record Learned(Fitted fitted, Split split) {
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public int size() {
        return origin.size();
    }

    @Override
    public Shape sampleShape() {
        return Shape.of(vectors.shape().dim(1), 1, 1);
    }

    @Override
    public DType sampleType() {
        return DType.FLOAT32;
    }

    @Override
    public List<String> classNames() {
        return origin.classNames();
    }

    @Override
    public void read(int index, Tensor into) {
        into.copyFrom(vectors.select(0, index).reshape(vectors.shape().dim(1), 1, 1));
    }

    @Override
    public int label(int index) {
        return origin.label(index);
    }
}
