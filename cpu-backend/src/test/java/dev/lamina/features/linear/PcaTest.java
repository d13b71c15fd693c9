package dev.lamina.features.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.features.Both;
import dev.lamina.features.FitListener;
import dev.lamina.features.RawPixels;
import dev.lamina.features.Samples;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PcaTest {
    private static final Tensor DIAMOND = Tensor.of(new float[] {2, 0, 0, 1, -2, 0, 0, -1}, 4, 2);
    /** Sepal and petal length of ten irises (Fisher 1936): the first five setosa and the first five virginica. */
    private static final float[] IRIS = {5.1f, 1.4f, 4.9f, 1.4f, 4.7f, 1.3f, 4.6f, 1.5f, 5.0f, 1.4f,
        6.3f, 6.0f, 5.8f, 5.1f, 7.1f, 5.9f, 6.3f, 5.6f, 6.5f, 5.8f};

    private static FittedPca fit(Backend backend, Pca options, Tensor x) {
        return options.fit(backend, Samples.of(x), FitListener.NONE);
    }

    @Test
    void theCovarianceOfTheDiamondIsDiagonal() {
        for (Backend backend : List.of(Both.REFERENCE, Both.CPU)) {
            FittedPca pca = fit(backend, new Pca(2), DIAMOND);
            assertArrayEquals(new double[] {8.0 / 3, 2.0 / 3}, pca.explainedVariance(), 1e-6);
            assertArrayEquals(new double[] {0.8, 0.2}, pca.explainedVarianceRatio(), 1e-6);
            assertArrayEquals(new float[] {1, 0, 0, 1}, pca.components().toFloats(), 1e-6f);
        }
    }

    /** For two features {@code λ = (a+c)/2 ± sqrt(((a-c)/2)² + b²)}, the first axis at the angle {@code atan2(2b, a-c) / 2}. */
    @Test
    void tenIrisesHaveTheEigenvaluesOfTheClosedForm() {
        double[] m = new double[2];
        for (int i = 0; i < 20; i++) {
            m[i % 2] += IRIS[i] / 10.0;
        }
        double a = 0;
        double b = 0;
        double c = 0;
        for (int i = 0; i < 10; i++) {
            double x = IRIS[2 * i] - m[0];
            double y = IRIS[2 * i + 1] - m[1];
            a += x * x / 9;
            b += x * y / 9;
            c += y * y / 9;
        }
        assertArrayEquals(new double[] {5.63, 3.54}, m, 1e-6, "by hand: sums 56.3 and 35.4");
        double root = Math.sqrt((a - c) * (a - c) / 4 + b * b);
        FittedPca pca = fit(Both.REFERENCE, new Pca(2), Tensor.of(IRIS, 10, 2));
        assertArrayEquals(new double[] {(a + c) / 2 + root, (a + c) / 2 - root}, pca.explainedVariance(), 1e-5);
        double angle = Math.atan2(2 * b, a - c) / 2;
        float[] v = pca.components().toFloats();
        assertArrayEquals(new float[] {(float) Math.cos(angle), (float) Math.sin(angle)}, Arrays.copyOf(v, 2), 1e-5f);
        assertArrayEquals(new float[] {(float) Math.sin(angle), (float) -Math.cos(angle)}, Arrays.copyOfRange(v, 2, 4), 1e-5f,
                "the second axis with its largest entry positive");
    }

    @Test
    void allSolversAgree() {
        Tensor wide = mixed(20, 40);
        FittedPca covariance = fit(Both.CPU, new Pca(6).withSolver(Pca.Solver.COVARIANCE), wide);
        FittedPca gram = fit(Both.CPU, new Pca(6).withSolver(Pca.Solver.GRAM), wide);
        FittedPca auto = fit(Both.CPU, new Pca(6), wide);
        FittedPca randomized = fit(Both.CPU, new Pca(6).withSolver(Pca.Solver.RANDOMIZED).withSeed(3), wide);
        assertEquals(0, Both.difference(gram.components(), auto.components()), 0, "D > N takes the Gram matrix");
        for (FittedPca other : List.of(gram, randomized)) {
            assertArrayEquals(covariance.explainedVariance(), other.explainedVariance(), 1e-4 * covariance.explainedVariance()[0]);
            assertEquals(0, Both.difference(covariance.components(), other.components()), 2e-3);
            assertEquals(covariance.totalVariance().item(), other.totalVariance().item(), 1e-4);
        }
    }

    /** Rows whose variance falls clearly from direction to direction. */
    private static Tensor mixed(int n, int d) {
        float[] z = Both.normal(1, n, d).toFloats();
        float[] basis = Both.normal(2, d, d).toFloats();
        float[] x = new float[n * d];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < d; k++) {
                for (int j = 0; j < d; j++) {
                    x[i * d + j] += z[i * d + k] * basis[k * d + j] * (float) Math.pow(0.5, k) + 0.25f / d;
                }
            }
        }
        return Tensor.of(x, n, d);
    }

    @Test
    void componentsOfFewSamplesAreOrthonormal() {
        FittedPca pca = fit(Both.REFERENCE, new Pca(9), mixed(10, 30));
        double[][] v = IntStream.range(0, 9).mapToObj(i -> pca.components().select(0, i).toDoubles()).toArray(double[][]::new);
        for (int i = 0; i < 9; i++) {
            for (int j = 0; j < 9; j++) {
                double dot = 0;
                for (int k = 0; k < 30; k++) {
                    dot += v[i][k] * v[j][k];
                }
                assertEquals(i == j ? 1 : 0, dot, 1e-5);
            }
        }
    }

    @Test
    void allComponentsGiveTheSampleBack() {
        Tensor x = Both.normal(5, 50, 8);
        for (boolean whiten : new boolean[] {false, true}) {
            FittedPca pca = fit(Both.CPU, new Pca(8).withWhitening(whiten), x);
            assertEquals(0, Both.difference(x, pca.inverse(Both.CPU, pca.transform(Both.CPU, x))), 1e-5);
        }
    }

    @Test
    void whitenedComponentsHaveUnitVarianceAndNoCovariance() {
        Tensor x = mixed(200, 5);
        FittedPca pca = fit(Both.CPU, new Pca(3).withWhitening(true), x);
        FittedPca again = fit(Both.CPU, new Pca(3), pca.transform(Both.CPU, x));
        for (int i = 0; i < 3; i++) {
            double lambda = pca.explainedVariance()[i];
            assertEquals(lambda / (lambda + 1e-5), again.spectrum().get(i), 1e-3);
        }
    }

    @Test
    void tooManyComponentsAreRefused() {
        Tensor x = Both.normal(1, 50, 64);
        assertEquals("pca: k = 100, at most min(N-1, D) = 49 components exist.",
                assertThrows(IllegalArgumentException.class, () -> fit(Both.REFERENCE, new Pca(100), x)).getMessage());
    }

    @Test
    void otherSamplesAreRefused() {
        FittedPca pca = fit(Both.REFERENCE, new Pca(1), DIAMOND);
        assertEquals("pca: samples have shape [3], it was fitted on [2].", assertThrows(IllegalArgumentException.class,
                () -> pca.transform(Both.REFERENCE, Both.normal(1, 4, 3))).getMessage());
    }

    @Test
    void optdigitsHasTheKnownSpectrum() throws IOException {
        Samples train = Both.levels(Both.open("optdigits", "optdigits").train());
        FittedPca pca = new Pca(64).fit(Both.CPU, train, FitListener.NONE);
        assertArrayEquals(new double[] {179.41, 161.70, 140.71}, Arrays.copyOf(pca.explainedVariance(), 3), 0.005);
        assertEquals(0.7415, Arrays.stream(pca.explainedVarianceRatio()).limit(10).sum(), 5e-5);
        assertEquals(2, Arrays.stream(pca.explainedVariance()).filter(v -> v < 1e-6).count(), "two constant columns");
    }

    @Test
    @Tag("slow")
    void mnistHasTheKnownSpectrum() throws IOException {
        Split split = Both.open("mnist", "mnist");
        FittedPca pca = new Pca(784).fit(Both.CPU, Samples.of(split.train()), FitListener.NONE);
        double[] values = pca.explainedVariance();
        double[] ratio = pca.explainedVarianceRatio();
        assertEquals(52.726, pca.totalVariance().item(), 52.726e-3);
        assertEquals(5.1169, values[0], 5.1e-3);
        assertEquals(3.7414, values[1], 3.7e-3);
        assertEquals(3.2527, values[2], 3.2e-3);
        assertEquals(0.4881, Arrays.stream(ratio).limit(10).sum(), 5e-5);
        assertEquals(0.8246, Arrays.stream(ratio).limit(50).sum(), 5e-5);
        assertEquals(0.9146, Arrays.stream(ratio).limit(100).sum(), 5e-5);
        assertEquals(154, pca.componentsFor(0.95));
        assertTrue(Arrays.stream(values).filter(v -> v > 1e-12 * values[0]).count() <= 784 - constantPixels(split.train()));
        FittedPca fifty = new Pca(50).fit(Both.CPU, Samples.of(split.train()), FitListener.NONE);
        Tensor back = fifty.inverse(Both.CPU, fifty.transform(Both.CPU, split.test()));
        float[] x = new RawPixels().fit(Both.CPU, split.test()).transform(Both.CPU, split.test()).toFloats();
        float[] y = back.toFloats();
        double error = IntStream.range(0, x.length).mapToDouble(i -> (double) (x[i] - y[i]) * (x[i] - y[i])).average().orElseThrow();
        assertEquals(0.01149, error, 5e-6);
    }

    private static int constantPixels(Dataset data) {
        Set<Integer> varying = new HashSet<>();
        Tensor sample = Tensor.zeros(data.sampleType(), data.sampleShape());
        for (int i = 0; i < data.size(); i++) {
            data.read(i, sample);
            long[] pixels = sample.toLongs();
            for (int p = 0; p < pixels.length; p++) {
                if (pixels[p] != 0) {
                    varying.add(p);
                }
            }
        }
        return 784 - varying.size();
    }
}
