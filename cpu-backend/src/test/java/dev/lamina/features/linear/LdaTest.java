package dev.lamina.features.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Split;
import dev.lamina.features.Both;
import dev.lamina.features.FitListener;
import dev.lamina.features.Samples;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LdaTest {
    /** Class 0 around (1, 2), class 1 around (5, 3). */
    private static final Tensor TWO = Tensor.of(new float[] {0, 2, 2, 2, 1, 1, 1, 3, 4, 2, 6, 4}, 6, 2);
    private static final int[] LABELS = {0, 0, 0, 0, 1, 1};

    /**
     * For two classes {@code v ∝ S_w^-1 (μ_1 - μ_0)} and {@code λ = π_0 π_1 Δᵀ S_w^-1 Δ}. By hand: the scatter of class 0 is diag(2, 2),
     * that of class 1 is [[2, 2], [2, 2]], so {@code S_w = [[4, 2], [2, 4]] / 6}, {@code S_w^-1 = [[2, -1], [-1, 2]]}, {@code Δ = (4, 1)},
     * {@code S_w^-1 Δ = (7, -2)}, {@code Δᵀ S_w^-1 Δ = 26}, {@code λ = 26 · 4/6 · 2/6}.
     */
    @Test
    void twoClassesHaveTheClosedForm() {
        FittedLda lda = new Lda(0).fit(Both.REFERENCE, Samples.of(TWO, LABELS, 2), FitListener.NONE);
        assertEquals(26.0 * 8 / 36, lda.eigenvalues().item(), 1e-6);
        float[] expected = {(float) (7 / Math.sqrt(26)), (float) (-2 / Math.sqrt(26))};
        assertArrayEquals(expected, lda.components().toFloats(), 1e-6f, "scaled to unit within-class variance: |v|² S_w = 1");
        assertEquals(Math.sqrt(26), lda.centres().get(1, 0) - lda.centres().get(0, 0), 1e-5, "Mahalanobis distance of the means");
    }

    @Test
    void shrinkageMovesTheScatterTowardsItsTrace() {
        FittedLda lda = new Lda(1).fit(Both.REFERENCE, Samples.of(TWO, LABELS, 2), FitListener.NONE);
        float[] v = lda.components().toFloats();
        assertEquals(4, v[0] / v[1], 1e-5, "fully shrunk, the direction is that of the means");
    }

    @Test
    void theClassifierWeighsDistanceAndPrior() {
        FittedLda lda = new Lda(0).fit(Both.CPU, Samples.of(TWO, LABELS, 2), FitListener.NONE);
        // Scores are equal at the middle shifted by log(π_0 / π_1) / |Δz|; a point just on either side of it along v.
        double middle = (lda.centres().get(0, 0) + lda.centres().get(1, 0)) / 2 + Math.log(2) / Math.sqrt(26);
        float[] v = lda.components().toFloats();
        float[] mean = lda.mean().toFloats();
        double square = v[0] * v[0] + v[1] * v[1];
        float[] points = new float[4];
        for (int i = 0; i < 2; i++) {
            double z = middle + (i == 0 ? -1e-3 : 1e-3);
            points[2 * i] = (float) (mean[0] + z * v[0] / square);
            points[2 * i + 1] = (float) (mean[1] + z * v[1] / square);
        }
        assertArrayEquals(new int[] {0, 1}, lda.classify(Both.CPU, Samples.of(Tensor.of(points, 2, 2))));
    }

    @Test
    void anEmptyClassIsNamed() {
        assertEquals("lda: class 3 has 0 samples", assertThrows(IllegalArgumentException.class, () -> new Lda().fit(Both.REFERENCE,
                Samples.of(TWO, new int[] {0, 1, 2, 4, 0, 1}, 5), FitListener.NONE)).getMessage());
    }

    @Test
    void labelsAreNeeded() {
        assertEquals("lda: samples have 0 classes, needs labels of at least 2.", assertThrows(IllegalArgumentException.class,
                () -> new Lda().fit(Both.REFERENCE, TWO)).getMessage());
    }

    @Test
    void aSingularScatterIsRefusedWithoutShrinkage() throws IOException {
        Samples train = Both.levels(Both.open("optdigits", "optdigits").train());
        assertEquals("lda: within-class scatter has rank 62 of 64. Set shrinkage > 0.", assertThrows(IllegalArgumentException.class,
                () -> new Lda(0).fit(Both.CPU, train, FitListener.NONE)).getMessage());
    }

    @Test
    void moreClassesThanFeaturesGiveAsManyDirectionsAsFeatures() {
        int[] labels = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
        FittedLda lda = new Lda().fit(Both.REFERENCE, Samples.of(Both.normal(4, 12, 2), labels, 4), FitListener.NONE);
        assertEquals(2, lda.outputSize());
    }

    @Test
    void optdigitsHasTheKnownEigenvaluesAndAccuracy() throws IOException {
        Split split = Both.open("optdigits", "optdigits");
        FittedLda lda = new Lda().fit(Both.CPU, Both.levels(split.train()), FitListener.NONE);
        assertEquals(9, lda.outputSize());
        assertEquals(6.897, lda.eigenvalues().get(0), 5e-4);
        assertEquals(5.399, lda.eigenvalues().get(1), 5e-4);
        assertEquals(4.289, lda.eigenvalues().get(2), 5e-4);
        double accuracy = lda.accuracy(Both.CPU, Both.levels(split.test()));
        assertTrue(accuracy >= 0.933 && accuracy <= 0.944, "accuracy " + accuracy);
    }

    @Test
    @Tag("slow")
    void mnistHasTheKnownAccuracy() throws IOException {
        Split split = Both.open("mnist", "mnist");
        FittedLda lda = new Lda().fit(Both.CPU, Samples.of(split.train()), FitListener.NONE);
        double accuracy = lda.accuracy(Both.CPU, Samples.of(split.test()));
        assertTrue(accuracy >= 0.870 && accuracy <= 0.878, "accuracy " + accuracy);
    }
}
