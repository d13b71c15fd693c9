package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.features.linear.Moments;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * The pixels themselves, {@code C H W} numbers in [0, 1].
 *
 * @param meanRemoved whether the mean training image is subtracted
 */
public record RawPixels(boolean meanRemoved) implements Featurizer {
    /** Pixels as they are. */
    public RawPixels() {
        this(false);
    }

    /** These options with the mean image removed or not. */
    public RawPixels withMeanRemoved(boolean value) {
        return new RawPixels(value);
    }

    static RawPixels parse(OptionText options) {
        return new RawPixels(options.flag("mean-removed", false));
    }

    @Override
    public String kind() {
        return "raw";
    }

    @Override
    public Map<String, String> options() {
        return Map.of("mean-removed", Boolean.toString(meanRemoved));
    }

    @Override
    public Fitted fit(Backend backend, Samples samples, FitListener listener) {
        long size = samples.sampleShape().elements();
        Tensor mean = meanRemoved ? Tensor.of(DType.FLOAT32, Moments.of(backend, samples, listener).mean(), size) : null;
        return new FittedPixels(this, samples.sampleShape(), mean);
    }

    @Override
    public Fitted restore(Shape sampleShape, Map<String, Tensor> tensors) {
        Tensor mean = meanRemoved ? Restored.tensor(tensors, kind(), "mean", DType.FLOAT32, sampleShape.elements()) : null;
        return new FittedPixels(this, sampleShape, mean);
    }

    private record FittedPixels(RawPixels featurizer, Shape sampleShape, Tensor mean) implements Fitted {
        @Override
        public long outputSize() {
            return sampleShape.elements();
        }

        @Override
        public Map<String, Tensor> tensors() {
            return mean == null ? Map.of() : Map.of("mean", mean);
        }

        @Override
        public Value apply(FeatureGraph graph, Value x) {
            Value flat = Shaping.flatten(x);
            return mean == null ? flat : flat.minus(graph.weight("raw.mean", mean));
        }
    }
}
