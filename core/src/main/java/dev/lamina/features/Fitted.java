package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;

/** A featuriser that has learned from samples. Immutable and thread-safe. */
public interface Fitted {
    /** Its options. */
    Featurizer featurizer();

    /** Shape of one sample, {@code [C, H, W]} of images. */
    Shape sampleShape();

    /** D, the length of a vector. */
    long outputSize();

    /** What was learned, by name; with {@link #featurizer} and {@link #sampleShape} all there is. */
    Map<String, Tensor> tensors();

    /**
     * Adds the transformation to a graph.
     *
     * @param x float32 {@code [n, sampleShape]}, pixels in [0, 1]
     * @return float32 {@code [n, outputSize]}
     */
    Value apply(FeatureGraph graph, Value x);

    /** Samples transformed at a time: what keeps the graph's intermediate values small. */
    default int batchSize() {
        return 256;
    }

    /**
     * The vectors of samples.
     *
     * @return float32 {@code [N, outputSize]}, above 256 MiB in memory outside the heap that is freed with the tensor
     * @throws IllegalArgumentException if the samples have another shape
     */
    default Tensor transform(Backend backend, Samples samples, FitListener listener) {
        if (!samples.sampleShape().equals(sampleShape())) {
            throw new IllegalArgumentException(featurizer().kind() + ": samples have shape " + samples.sampleShape()
                    + ", it was fitted on " + sampleShape() + ".");
        }
        Shape shape = Shape.of(samples.size(), outputSize());
        boolean large = shape.elements() > 1L << 26;
        Tensor result = large ? Tensor.allocate(Arena.ofAuto(), DType.FLOAT32, shape) : Tensor.zeros(DType.FLOAT32, shape);
        new Pass(backend, samples, "transform", listener).batch(batchSize()).run(
                (graph, x) -> TransformGraph.add(this, graph, x),
                (first, done) -> {
                    long rows = done.graph().output(TransformGraph.FEATURES).shape().dim(0);
                    done.read(TransformGraph.FEATURES, result.slice(0, first, first + rows));
                });
        return result;
    }

    /** The vectors of a tensor's samples. */
    default Tensor transform(Backend backend, Tensor images) {
        return transform(backend, Samples.of(images), FitListener.NONE);
    }

    /** The vectors of a data set's samples. */
    default Tensor transform(Backend backend, Dataset data) {
        return transform(backend, Samples.of(data), FitListener.NONE);
    }

    /**
     * Writes a safetensors file.
     *
     * @throws IOException if it cannot be written; an older file is then unchanged
     */
    default void save(Path file) throws IOException {
        FeatureFiles.save(this, file);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IOException if the file cannot be read or is corrupt
     * @throws IllegalArgumentException if it holds something else
     */
    static Fitted load(Path file) throws IOException {
        return FeatureFiles.load(file);
    }
}
