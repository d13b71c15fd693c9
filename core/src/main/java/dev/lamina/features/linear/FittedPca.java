package dev.lamina.features.linear;

import dev.lamina.backend.Backend;
import dev.lamina.features.FeatureGraph;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.features.Pass;
import dev.lamina.features.Samples;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * Fitted principal components.
 *
 * @param featurizer options
 * @param sampleShape shape of one sample, D elements
 * @param mean float32 {@code [D]}
 * @param components float32 {@code [k, D]}, rows of length 1
 * @param spectrum float64: all eigenvalues that the solver found, falling, at least k
 * @param totalVariance float64 scalar: the sum of the variances of all features, divided by N-1
 */
public record FittedPca(Pca featurizer, Shape sampleShape, Tensor mean, Tensor components, Tensor spectrum, Tensor totalVariance)
        implements Fitted {
    private static final double EPSILON = 1e-5;

    @Override
    public long outputSize() {
        return components.shape().dim(0);
    }

    @Override
    public Map<String, Tensor> tensors() {
        return Map.of("mean", mean, "components", components, "spectrum", spectrum, "totalVariance", totalVariance);
    }

    /** Variance of each kept component, falling; divided by N-1. */
    public double[] explainedVariance() {
        return spectrum.slice(0, 0, outputSize()).toDoubles();
    }

    /** Share of each kept component in the total variance; 0 where there is no variance at all. */
    public double[] explainedVarianceRatio() {
        double[] ratio = explainedVariance();
        double total = totalVariance.item();
        for (int i = 0; i < ratio.length; i++) {
            ratio[i] = total > 0 ? ratio[i] / total : 0;
        }
        return ratio;
    }

    /**
     * The least number of components whose share of the total variance reaches {@code share}.
     *
     * @throws IllegalArgumentException if the components that were found do not reach it
     */
    public int componentsFor(double share) {
        double[] values = spectrum.toDoubles();
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i];
            if (sum >= share * totalVariance.item()) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("pca: the " + values.length + " components that were found explain "
                + sum / totalVariance.item() + " of the variance, less than " + share + ". Fit with a larger k, or solver COVARIANCE.");
    }

    @Override
    public Value apply(FeatureGraph graph, Value x) {
        Value centred = Shaping.flatten(x).minus(graph.weight("pca.mean", mean));
        Value z = MatMul.matmul(centred, graph.weight("pca.components", components), false, true);
        return featurizer.whiten() ? z.dividedBy(graph.weight("pca.deviation", deviation())) : z;
    }

    private Tensor deviation() {
        double[] values = explainedVariance();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.sqrt(values[i] + EPSILON);
        }
        return Tensor.of(DType.FLOAT32, values, values.length);
    }

    /**
     * Samples again: {@code z V_kᵀ + μ}, whitening undone.
     *
     * @param z float32 {@code [N, k]}
     * @return float32 {@code [N, D]}
     */
    public Tensor inverse(Backend backend, Tensor z) {
        if (z.shape().rank() != 2 || z.shape().dim(1) != outputSize()) {
            throw new IllegalArgumentException("pca: inverse takes [N, " + outputSize() + "], got " + z.shape() + ".");
        }
        Tensor result = Tensor.zeros(DType.FLOAT32, Shape.of(z.shape().dim(0), mean.elements()));
        new Pass(backend, Samples.of(z), "inverse", FitListener.NONE).batch(batchSize()).run((graph, rows) -> {
            Value scaled = featurizer.whiten() ? rows.times(graph.weight("deviation", deviation())) : rows;
            graph.output("x", MatMul.matmul(scaled, graph.weight("components", components)).plus(graph.weight("mean", mean)));
        }, (first, done) -> done.read("x", result.slice(0, first, first + done.graph().output("x").shape().dim(0))));
        return result;
    }

    @Override
    public int batchSize() {
        return 1024;
    }
}
