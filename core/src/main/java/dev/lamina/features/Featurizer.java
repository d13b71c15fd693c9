package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * The options of a way to turn samples into vectors. Immutable and thread-safe. Equal options, samples and seed give equal results on one
 * backend, and equal up to rounding on any other.
 */
public interface Featurizer {
    /** Name in files, messages and commands, e.g. {@code pca}. */
    String kind();

    /** All options as text, in a fixed order; {@link Featurizers#parse} reads them back. */
    Map<String, String> options();

    /**
     * Learns from training samples.
     *
     * @param listener hears how far it is
     * @throws IllegalArgumentException if samples or options do not fit
     */
    Fitted fit(Backend backend, Samples samples, FitListener listener);

    /**
     * What {@link Fitted#tensors} was given away for a file.
     *
     * @param sampleShape shape of one sample
     * @throws IllegalArgumentException if a tensor is missing or of another shape
     */
    Fitted restore(Shape sampleShape, Map<String, Tensor> tensors);

    /**
     * Learns from training samples and gives their vectors, without computing anything twice.
     *
     * @throws IllegalArgumentException if samples or options do not fit
     */
    default Learned fitTransform(Backend backend, Samples samples, FitListener listener) {
        Fitted fitted = fit(backend, samples, listener);
        return new Learned(fitted, fitted.transform(backend, samples, listener));
    }

    /**
     * What {@link #fitTransform} gives.
     *
     * @param fitted the fitted featuriser
     * @param vectors float32 {@code [N, outputSize]} of the training samples
     */
    record Learned(Fitted fitted, Tensor vectors) {
    }

    /** Learns from a data set. */
    default Fitted fit(Backend backend, Dataset data) {
        return fit(backend, Samples.of(data), FitListener.NONE);
    }

    /** Learns from a tensor {@code [N, ...]} of uint8 pixels or float32 values, without labels. */
    default Fitted fit(Backend backend, Tensor images) {
        return fit(backend, Samples.of(images), FitListener.NONE);
    }

    /** Kind and options as a command takes them, e.g. {@code pca:k=64,whiten=false}. */
    default String text() {
        return Featurizers.text(this);
    }
}
