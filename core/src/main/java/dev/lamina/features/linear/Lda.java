package dev.lamina.features.linear;

import dev.lamina.backend.Backend;
import dev.lamina.features.Featurizer;
import dev.lamina.features.FitListener;
import dev.lamina.features.OptionText;
import dev.lamina.features.Pass;
import dev.lamina.features.Restored;
import dev.lamina.features.Samples;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * Fisher's linear discriminants: the directions v with the largest {@code vᵀS_b v / vᵀS_w v}, first K-1, scaled to {@code vᵀS_w v = 1}.
 *
 * @param shrinkage s in {@code S_w ← (1-s) S_w + s tr(S_w)/D I}, in [0, 1]
 */
public record Lda(double shrinkage) implements Featurizer {
    /** Shrinkage 1e-3. */
    public Lda() {
        this(1e-3);
    }

    /** Checks the number. */
    public Lda {
        if (!(shrinkage >= 0 && shrinkage <= 1)) {
            throw new IllegalArgumentException("lda: shrinkage = " + shrinkage + ", needs 0 <= shrinkage <= 1.");
        }
    }

    /** These options with another shrinkage. */
    public Lda withShrinkage(double value) {
        return new Lda(value);
    }

    /** Reads options. */
    public static Lda parse(OptionText options) {
        return new Lda(options.real("shrinkage", 1e-3));
    }

    @Override
    public String kind() {
        return "lda";
    }

    @Override
    public Map<String, String> options() {
        return Map.of("shrinkage", Double.toString(shrinkage));
    }

    @Override
    public FittedLda fit(Backend backend, Samples samples, FitListener listener) {
        if (samples.classes() < 2) {
            throw new IllegalArgumentException("lda: samples have " + samples.classes() + " classes, needs labels of at least 2.");
        }
        int[] counts = counts(samples);
        double[][] means = classMeans(backend, samples, counts, listener);
        int size = means[0].length;
        double[] mean = new double[size];
        for (int k = 0; k < counts.length; k++) {
            for (int i = 0; i < size; i++) {
                mean[i] += means[k][i] * counts[k] / samples.size();
            }
        }
        DMatrixRMaj within = Scatter.withinClasses(backend, samples, means, listener);
        LdaSolver solver = new LdaSolver(Matrices.scaled(within, 1.0 / samples.size()), shrinkage);
        listener.onProgress("discriminants", 0, 1);
        Matrices.Eigen found = solver.discriminants(means, mean, counts);
        listener.onProgress("discriminants", 1, 1);
        double[][] centres = new double[counts.length][found.values().length];
        double[] priors = new double[counts.length];
        for (int k = 0; k < counts.length; k++) {
            priors[k] = Math.log((double) counts[k] / samples.size());
            for (int j = 0; j < found.values().length; j++) {
                for (int i = 0; i < size; i++) {
                    centres[k][j] += found.vectors()[j][i] * (means[k][i] - mean[i]);
                }
            }
        }
        return new FittedLda(this, samples.sampleShape(), Tensor.of(DType.FLOAT32, mean, size), Matrices.rows(found.vectors()),
                Tensor.of(found.values()), Matrices.rows(centres), Tensor.of(DType.FLOAT32, priors, priors.length));
    }

    private static int[] counts(Samples samples) {
        int[] counts = new int[samples.classes()];
        IntStream.range(0, samples.size()).forEach(i -> counts[samples.label(i)]++);
        for (int k = 0; k < counts.length; k++) {
            if (counts[k] == 0) {
                throw new IllegalArgumentException("lda: class " + k + " has 0 samples");
            }
        }
        return counts;
    }

    /** Sums by class as a product with the one-hot labels. */
    private static double[][] classMeans(Backend backend, Samples samples, int[] counts, FitListener listener) {
        int size = Math.toIntExact(samples.sampleShape().elements());
        double[][] means = new double[counts.length][size];
        Tensor labels = Scatter.labels(samples);
        new Pass(backend, samples, "class means", listener).run((graph, x) -> {
            float[] numbers = new float[counts.length];
            for (int k = 0; k < numbers.length; k++) {
                numbers[k] = k;
            }
            Value column = Shaping.reshape(Pointwise.cast(graph.rows("labels", labels), DType.FLOAT32), Shape.of(graph.batch(), 1));
            Value classes = Source.constant(graph.builder(), Tensor.of(numbers, 1, numbers.length));
            Value oneHot = Pointwise.cast(Pointwise.compare(Pointwise.Comparison.EQUAL, column, classes), DType.FLOAT32);
            graph.output("sums", MatMul.matmul(oneHot, Shaping.flatten(x), true, false));
        }, (_, done) -> {
            float[] sums = done.read("sums").toFloats();
            for (int i = 0; i < sums.length; i++) {
                means[i / size][i % size] += sums[i] / (double) counts[i / size];
            }
        });
        return means;
    }

    @Override
    public FittedLda restore(Shape sampleShape, Map<String, Tensor> tensors) {
        long size = sampleShape.elements();
        Tensor components = Restored.tensor(tensors, kind(), "components", DType.FLOAT32, -1, size);
        long d = components.shape().dim(0);
        Tensor centres = Restored.tensor(tensors, kind(), "centres", DType.FLOAT32, -1, d);
        return new FittedLda(this, sampleShape, Restored.tensor(tensors, kind(), "mean", DType.FLOAT32, size), components,
                Restored.tensor(tensors, kind(), "eigenvalues", DType.FLOAT64, d), centres,
                Restored.tensor(tensors, kind(), "logPriors", DType.FLOAT32, centres.shape().dim(0)));
    }
}
