package dev.lamina.features.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.features.Both;
import dev.lamina.features.FitListener;
import dev.lamina.tensor.Tensor;
import org.junit.jupiter.api.Test;

class IntersectionTest {
    @Test
    void theStatedPairOverlapsBySevenTenths() {
        assertEquals(0.7, IntersectionKernel.of(new double[] {.5, .3, .2}, new double[] {.2, .3, .5}), 1e-15);
    }

    @Test
    void theMatrixHoldsAllPairs() {
        Tensor a = Both.uniform(1, 40, 900);
        Tensor b = Both.uniform(2, 30, 900);
        for (Tensor second : new Tensor[] {b, a}) {
            Tensor kernel = IntersectionKernel.matrix(Both.CPU, a, second, FitListener.NONE);
            for (int i = 0; i < 40; i += 7) {
                for (int j = 0; j < second.shape().dim(0); j += 3) {
                    double expected = IntersectionKernel.of(a.select(0, i).toDoubles(), second.select(0, j).toDoubles());
                    assertEquals(expected, kernel.get(i, j), 1e-3);
                }
            }
        }
    }

    /**
     * Products of the mapped numbers depend on x and y by {@code sqrt(xy) K(ln(y/x))} only, so the error is looked for along the ratio. It
     * is at most the spectrum's mass beyond the last sample, {@code 1 - 2/π atan(2nL)}, and the neighbours of K's repetition every Λ.
     */
    @Test
    void theExplicitMapComesNearTheKernelAndNearerWithItsOrder() {
        float[] ratios = new float[45];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = (float) Math.pow(0.9, i);
        }
        double before = Double.POSITIVE_INFINITY;
        for (int order : new int[] {1, 3, 6, 12}) {
            Tensor x = Tensor.of(ratios, ratios.length, 1);
            Tensor v = new HomogeneousMap(order).fit(Both.CPU, x).transform(Both.CPU, x);
            double period = 2.38 * Math.log(order + 0.8) + 5.6;
            double tail = 1 - 2 / Math.PI * Math.atan(2 * order * 2 * Math.PI / period);
            double worst = 0;
            for (int i = 0; i < ratios.length; i++) {
                double dot = 0;
                for (int k = 0; k < 2 * order + 1; k++) {
                    dot += v.get(0, k) * v.get(i, k);
                }
                double omega = -Math.log(ratios[i]);
                double neighbours = 2 * Math.cosh(omega / 2) / (Math.exp(period / 2) - 1);
                double error = Math.abs(dot - ratios[i]) / Math.sqrt(ratios[i]);
                assertTrue(error <= tail + neighbours, order + ", " + ratios[i] + ": " + error + ", bound " + (tail + neighbours));
                worst = Math.max(worst, error);
            }
            assertTrue(worst < before, order + ": " + worst + " after " + before);
            before = worst;
        }
    }

    @Test
    void theMapIsTheClosedForm() {
        Tensor x = Tensor.of(new float[] {0.25f, 0, -0.25f}, 1, 3);
        float[] v = new HomogeneousMap(2).fit(Both.REFERENCE, x).transform(Both.REFERENCE, x).toFloats();
        double step = 2 * Math.PI / (2.38 * Math.log(2.8) + 5.6);
        double[] expected = new double[5];
        for (int j = 0; j <= 2; j++) {
            double spectrum = 2 / Math.PI / (1 + 4 * j * j * step * step);
            double root = Math.sqrt((j == 0 ? 1 : 2) * step * spectrum * 0.25);
            expected[j == 0 ? 0 : 2 * j - 1] = root * Math.cos(j * step * Math.log(0.25));
            if (j > 0) {
                expected[2 * j] = root * Math.sin(j * step * Math.log(0.25));
            }
        }
        for (int k = 0; k < 5; k++) {
            assertEquals(expected[k], v[3 * k], 2e-6);
            assertEquals(0, v[3 * k + 1], 0);
            assertEquals(-expected[k], v[3 * k + 2], 2e-6);
        }
    }

    @Test
    void ridgeSeparatesHistogramsThatDiffer() {
        float[] rows = new float[60 * 4];
        int[] labels = new int[60];
        float[] noise = Both.uniform(3, 60).toFloats();
        for (int i = 0; i < 60; i++) {
            labels[i] = i % 3;
            rows[4 * i + labels[i]] = 0.6f + 0.1f * noise[i];
            rows[4 * i + 3] = 0.4f - 0.1f * noise[i];
        }
        Tensor x = Tensor.of(rows, 60, 4);
        IntersectionRidge.Trained trained = new IntersectionRidge().fit(Both.CPU, x, labels, 3, FitListener.NONE);
        assertArrayEquals(labels, trained.classify(Both.CPU, x, FitListener.NONE));
    }

    @Test
    void aKernelBeyondTheLimitIsRefusedBeforeItIsMade() {
        Tensor x = Both.uniform(1, 100, 2);
        assertEquals("intersectionKernel: 60000 samples need a 60000 x 60000 kernel of 26.8 GiB, the limit is 2.0 GiB. Use the explicit "
                + "map homkermap, or fewer samples.", assertThrows(IllegalArgumentException.class,
                () -> new IntersectionRidge().fit(Both.CPU, x, new int[60_000], 10, FitListener.NONE)).getMessage());
    }
}
