package dev.lamina.features.linear;

import dev.lamina.backend.Backend;
import dev.lamina.features.FitListener;
import dev.lamina.features.Pass;
import dev.lamina.features.Samples;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;

/**
 * Mean and variance of every feature.
 *
 * @param count number of samples
 * @param mean by feature
 * @param variance by feature, divided by the number of samples
 */
public record Moments(long count, double[] mean, double[] variance) {
    /**
     * One pass over the samples: each batch gives its mean and its squares around that, which are joined in float64 by the formula of Chan,
     * Golub and LeVeque (1979), so that a large mean costs no digits.
     */
    public static Moments of(Backend backend, Samples samples, FitListener listener) {
        int size = Math.toIntExact(samples.sampleShape().elements());
        double[] mean = new double[size];
        double[] squares = new double[size];
        new Pass(backend, samples, "mean and variance", listener).run((graph, x) -> {
            Value flat = Shaping.flatten(x);
            Value batchMean = Reduction.mean(flat, 0);
            graph.output("mean", batchMean);
            graph.output("squares", Reduction.sum(Pointwise.square(flat.minus(batchMean)), 0));
        }, (first, done) -> {
            double n = Math.min(first, samples.size());
            double m = done.graph().inputs().getFirst().shape().dim(0);
            float[] batchMean = done.read("mean").toFloats();
            float[] batchSquares = done.read("squares").toFloats();
            for (int i = 0; i < size; i++) {
                double difference = batchMean[i] - mean[i];
                mean[i] += difference * m / (n + m);
                squares[i] += batchSquares[i] + difference * difference * n * m / (n + m);
            }
        });
        for (int i = 0; i < size; i++) {
            squares[i] /= samples.size();
        }
        return new Moments(samples.size(), mean, squares);
    }

    /** Sum of the variances, divided by {@code N - 1} as in a covariance matrix. */
    double totalVariance() {
        double sum = 0;
        for (double v : variance) {
            sum += v;
        }
        return sum * count / (count - 1);
    }
}
