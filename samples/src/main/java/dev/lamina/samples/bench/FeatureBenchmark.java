package dev.lamina.samples.bench;

import dev.lamina.backend.Backend;
import dev.lamina.features.FitListener;
import dev.lamina.features.Samples;
import dev.lamina.features.linear.Pca;
import dev.lamina.features.words.KMeans;
import dev.lamina.graph.TensorType;
import dev.lamina.nn.Initializer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * How fast featurisers learn, beside the speed of a large matrix product on the same machine: principal components of 60,000 samples of 784
 * numbers, and 200 words of 100,000 patches of 108 numbers in 50 iterations. Numbers are random, which k-means never brings to rest.
 */
public final class FeatureBenchmark {
    private static final int SAMPLES = 60_000;
    private static final int PIXELS = 784;
    private static final int COMPONENTS = 64;
    private static final int PATCHES = 100_000;
    private static final int NUMBERS = 108;
    private static final int WORDS = 200;
    private static final int ITERATIONS = 50;
    private static final int ROUNDS = 3;
    private static final double GIGA = 1e9;

    private FeatureBenchmark() { }

    /**
     * One figure.
     *
     * @param what for people
     * @param seconds the fastest of some rounds
     * @param gflops floating-point operations of the matrix products in these seconds, in 10^9 a second
     * @param peak the same of a large matrix product
     */
    public record Row(String what, double seconds, double gflops, double peak) { }

    /** Measures all. */
    public static List<Row> run(Backend backend) {
        double peak = SgemmPeak.measure(backend) / GIGA;
        Tensor images = numbers(SAMPLES, PIXELS);
        Samples samples = Samples.of(images);
        Row pca = row("PCA (%d) of %,d x %d, fit".formatted(COMPONENTS, SAMPLES, PIXELS), 2.0 * SAMPLES * PIXELS * PIXELS, peak,
                () -> new Pca(COMPONENTS).withSolver(Pca.Solver.COVARIANCE).fit(backend, samples, FitListener.NONE).totalVariance().item());
        Tensor patches = numbers(PATCHES, NUMBERS);
        double products = 2.0 * PATCHES * NUMBERS * WORDS * ITERATIONS;
        Row words = row("%d words of %,d x %d, %d iterations".formatted(WORDS, PATCHES, NUMBERS, ITERATIONS), products, peak,
                () -> new KMeans(WORDS).withIterations(ITERATIONS).fit(backend, patches, FitListener.NONE).inertia().getLast());
        return List.of(pca, words);
    }

    private static Tensor numbers(long rows, long columns) {
        return Initializer.normal(0, 1).create(TensorType.of(DType.FLOAT32, rows, columns), 1, 0);
    }

    private static Row row(String what, double operations, double peak, DoubleSupplier work) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            double result = work.getAsDouble();
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
            if (!Double.isFinite(result)) {
                throw new IllegalStateException("bench: " + what + " gave " + result + "; its speed means nothing.");
            }
        }
        return new Row(what, best, operations / best / GIGA, peak);
    }
}
