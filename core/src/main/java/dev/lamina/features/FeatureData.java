package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.FloatDataset;
import dev.lamina.data.Split;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/**
 * The vectors of a data set as a data set: float32 samples {@code [D, 1, 1]} with the labels and classes of the images they come from, to
 * train models on. Stateless and thread-safe.
 */
public final class FeatureData {
    private FeatureData() { }

    /** The vectors of a data set. */
    public static Dataset of(Backend backend, Fitted fitted, Dataset data, FitListener listener) {
        return of(data, fitted.transform(backend, Samples.of(data), listener));
    }

    /** The vectors of training and test samples. */
    public static Split of(Backend backend, Fitted fitted, Split split, FitListener listener) {
        return new Split(of(backend, fitted, split.train(), listener), of(backend, fitted, split.test(), listener));
    }

    /** Learns from the training samples; the vectors of training and test samples. */
    public static Learned fit(Backend backend, Featurizer featurizer, Split split, FitListener listener) {
        Featurizer.Learned learned = featurizer.fitTransform(backend, Samples.of(split.train()), listener);
        return new Learned(learned.fitted(), new Split(of(split.train(), learned.vectors()),
                of(backend, learned.fitted(), split.test(), listener)));
    }

    private static Dataset of(Dataset origin, Tensor vectors) {
        return FloatDataset.of(origin, vectors, Shape.of(vectors.shape().dim(1), 1, 1));
    }

    /**
     * What {@link #fit} gives.
     *
     * @param fitted the fitted featuriser
     * @param split the vectors
     */
    public record Learned(Fitted fitted, Split split) {
    }
}
