package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Gradients;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of the specification's section 1, and its edge cases. */
class LinearSoftmaxSpecTest {
    private final Eval eval = new Eval(DType.FLOAT64);

    /** Loss, gradient by the logits, probabilities. */
    private List<double[]> crossEntropy(double[] logits, int classes, long... labels) {
        Value z = eval.constant(logits, labels.length, classes);
        Value loss = Loss.crossEntropy(z, eval.labels(labels), Loss.Options.defaults());
        return eval.doubles(loss, Gradients.of(loss, List.of(z)).getFirst(), Softmax.softmax(z, 1));
    }

    @Test
    void threeLogits() {
        List<double[]> y = crossEntropy(new double[] {3, 1, -2}, 3, 0);
        assertEquals(0.13284523372757562, y.get(0)[0], 1e-15);
        assertArrayEquals(new double[] {0.87560060, 0.11849965, 0.00589975}, y.get(2), 1e-8);
        assertArrayEquals(new double[] {0.87560060 - 1, 0.11849965, 0.00589975}, y.get(1), 1e-8);
    }

    @Test
    void largeLogitsAreExact() {
        List<double[]> y = crossEntropy(new double[] {1000, 0, -1000}, 3, 1);
        assertArrayEquals(new double[] {1000}, y.get(0));
        assertArrayEquals(new double[] {1, -1, 0}, y.get(1));
    }

    @Test
    void tenEqualLogits() {
        assertEquals(2.302585092994046, crossEntropy(new double[10], 10, 4).get(0)[0], 1e-15);
    }

    @Test
    void oneClassHasNoLoss() {
        List<double[]> y = crossEntropy(new double[] {5, -7}, 1, 0, 0);
        assertArrayEquals(new double[] {0}, y.get(0));
        assertArrayEquals(new double[] {0, 0}, y.get(1));
    }

    @Test
    void noSampleIsAShapeError() {
        Value z = Source.fill(eval.graph, TensorType.of(DType.FLOAT64, 0, 3), 0);
        Value none = Source.fill(eval.graph, TensorType.of(DType.INT64, 0), 0);
        assertEquals("crossEntropy \"crossEntropy\": logits [0, 3] hold no sample.",
                assertThrows(GraphException.class, () -> Loss.crossEntropy(z, none, Loss.Options.defaults())).getMessage());
    }

    @Test
    void notANumberStaysNotANumber() {
        List<double[]> y = crossEntropy(new double[] {1, Double.NaN, 2}, 3, 0);
        assertTrue(Double.isNaN(y.get(0)[0]));
        assertTrue(Arrays.stream(y.get(1)).allMatch(Double::isNaN));
        assertTrue(Arrays.stream(y.get(2)).allMatch(Double::isNaN));
    }

    @Test
    void ignoredSamplesCountForNothing() {
        double[] z = {3, 1, -2, 9, 9, 9, 3, 1, -2};
        List<double[]> y = crossEntropy(z, 3, 0, -100, 0);
        assertEquals(0.13284523372757562, y.get(0)[0], 1e-15);
        assertArrayEquals(new double[] {0, 0, 0}, Arrays.copyOfRange(y.get(1), 3, 6));
        assertTrue(Double.isNaN(crossEntropy(new double[] {1, 2}, 2, -100).get(0)[0]));
    }

    @Test
    void labelOutsideTheClassesIsNamed() {
        assertEquals("crossEntropy \"crossEntropy\": label 3 at index 1, classes are 0..2. Are labels 1-based?",
                assertThrows(RuntimeException.class, () -> crossEntropy(new double[6], 3, 0, 3)).getMessage());
    }

    @Test
    void linearLayerGradientsInABatch() {
        int n = 4;
        int d = 5;
        int k = 3;
        double[] xs = Eval.noise(n * d, 1);
        Value x = eval.constant(xs, n, d);
        Value w = eval.constant(Eval.noise(k * d, 2), k, d);
        Value b = eval.constant(Eval.noise(k, 3), k);
        long[] labels = {0, 2, 1, 2};
        Value z = MatMul.linear(x, w, b);
        Value loss = Loss.crossEntropy(z, eval.labels(labels), Loss.Options.defaults());
        List<Value> g = Gradients.of(loss, List.of(w, b));
        List<double[]> y = eval.doubles(Softmax.softmax(z, 1), g.get(0), g.get(1));
        double[] byW = new double[k * d];
        double[] byB = new double[k];
        for (int i = 0; i < n; i++) {
            for (int c = 0; c < k; c++) {
                double delta = (y.get(0)[i * k + c] - (labels[i] == c ? 1 : 0)) / n;
                byB[c] += delta;
                for (int j = 0; j < d; j++) {
                    byW[c * d + j] += delta * xs[i * d + j];
                }
            }
        }
        assertArrayEquals(byW, y.get(1), 1e-12);
        assertArrayEquals(byB, y.get(2), 1e-12);
    }
}
