package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.features.linear.Moments;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code scale (x - mean) / deviation} by feature, mean and (population) deviation being those of the training samples. A feature without
 * variation is only shifted.
 *
 * @param mean whether the mean is removed
 * @param deviation whether features are divided by their deviation
 * @param scale factor of the result
 */
public record Standardize(boolean mean, boolean deviation, double scale) implements Featurizer {
    /** Mean 0, deviation 1. */
    public Standardize() {
        this(true, true, 1);
    }

    /** Checks the scale. */
    public Standardize {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("standardize: scale = " + scale + ", needs a finite number > 0.");
        }
    }

    /** These options with the mean removed or not. */
    public Standardize withMean(boolean value) {
        return new Standardize(value, deviation, scale);
    }

    /** These options with or without the division by the deviation. */
    public Standardize withDeviation(boolean value) {
        return new Standardize(mean, value, scale);
    }

    /** These options with another factor. */
    public Standardize withScale(double value) {
        return new Standardize(mean, deviation, value);
    }

    static Standardize parse(OptionText options) {
        return new Standardize(options.flag("mean", true), options.flag("deviation", true), options.real("scale", 1));
    }

    @Override
    public String kind() {
        return "standardize";
    }

    @Override
    public Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("mean", Boolean.toString(mean));
        options.put("deviation", Boolean.toString(deviation));
        options.put("scale", Double.toString(scale));
        return options;
    }

    @Override
    public Fitted fit(Backend backend, Samples samples, FitListener listener) {
        Moments moments = Moments.of(backend, samples, listener);
        double[] factor = new double[moments.mean().length];
        double[] shift = new double[factor.length];
        for (int i = 0; i < factor.length; i++) {
            double std = Math.sqrt(moments.variance()[i]);
            // Rounding leaves a constant feature a deviation of about eps times its size.
            boolean constant = std <= 1e-6 * Math.abs(moments.mean()[i]);
            factor[i] = scale / (deviation && !constant && std > 0 ? std : 1);
            shift[i] = mean ? -moments.mean()[i] : 0;
        }
        return new FittedScale(this, samples.sampleShape(), Tensor.of(DType.FLOAT32, shift, shift.length),
                Tensor.of(DType.FLOAT32, factor, factor.length));
    }

    @Override
    public Fitted restore(Shape sampleShape, Map<String, Tensor> tensors) {
        return new FittedScale(this, sampleShape, Restored.tensor(tensors, kind(), "shift", DType.FLOAT32, sampleShape.elements()),
                Restored.tensor(tensors, kind(), "factor", DType.FLOAT32, sampleShape.elements()));
    }

    private record FittedScale(Standardize featurizer, Shape sampleShape, Tensor shift, Tensor factor) implements Fitted {
        @Override
        public long outputSize() {
            return sampleShape.elements();
        }

        @Override
        public Map<String, Tensor> tensors() {
            return Map.of("shift", shift, "factor", factor);
        }

        @Override
        public Value apply(FeatureGraph graph, Value x) {
            return Shaping.flatten(x).plus(graph.weight("standardize.shift", shift)).times(graph.weight("standardize.factor", factor));
        }
    }
}
