package dev.lamina.features.linear;

import dev.lamina.backend.Backend;
import dev.lamina.features.FeatureGraph;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.features.Pass;
import dev.lamina.features.Samples;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * Fitted discriminants: {@code z = (x - μ) V}, and the classifier that goes with them.
 *
 * @param featurizer options
 * @param sampleShape shape of one sample, D elements
 * @param mean float32 {@code [D]}
 * @param components float32 {@code [K-1, D]}, scaled to unit within-class variance
 * @param eigenvalues float64 {@code [K-1]}: ratio of the variance between classes to that within, falling
 * @param centres float32 {@code [K, K-1]}: the classes' means after the transformation
 * @param logPriors float32 {@code [K]}: logarithms of the classes' shares
 */
public record FittedLda(Lda featurizer, Shape sampleShape, Tensor mean, Tensor components, Tensor eigenvalues, Tensor centres,
        Tensor logPriors) implements Fitted {
    @Override
    public long outputSize() {
        return components.shape().dim(0);
    }

    @Override
    public Map<String, Tensor> tensors() {
        return Map.of("mean", mean, "components", components, "eigenvalues", eigenvalues, "centres", centres, "logPriors", logPriors);
    }

    @Override
    public Value apply(FeatureGraph graph, Value x) {
        Value centred = Shaping.flatten(x).minus(graph.weight("lda.mean", mean));
        return MatMul.matmul(centred, graph.weight("lda.components", components), false, true);
    }

    /** Classes by {@code argmax_k z·z_k - |z_k|²/2 + log π_k}. */
    public int[] classify(Backend backend, Samples samples) {
        int classes = (int) centres.shape().dim(0);
        int width = (int) outputSize();
        float[] offsets = logPriors.toFloats();
        float[] c = centres.toFloats();
        for (int k = 0; k < classes; k++) {
            double squares = 0;
            for (int j = 0; j < width; j++) {
                squares += (double) c[k * width + j] * c[k * width + j];
            }
            offsets[k] -= (float) (squares / 2);
        }
        int[] found = new int[samples.size()];
        new Pass(backend, samples, "classify", FitListener.NONE).batch(batchSize()).run((graph, x) -> {
            Value scores = MatMul.linear(apply(graph, x), graph.weight("centres", centres), graph.weight("offsets", Tensor.of(offsets)));
            graph.output("classes", Reduction.argMax(scores, 1));
        }, (first, done) -> {
            long[] part = done.read("classes").toLongs();
            for (int i = 0; i < part.length; i++) {
                found[first + i] = (int) part[i];
            }
        });
        return found;
    }

    /** Share of samples whose label {@link #classify} finds. */
    public double accuracy(Backend backend, Samples samples) {
        int[] found = classify(backend, samples);
        int right = 0;
        for (int i = 0; i < found.length; i++) {
            right += found[i] == samples.label(i) ? 1 : 0;
        }
        return (double) right / found.length;
    }

    @Override
    public int batchSize() {
        return 1024;
    }
}
