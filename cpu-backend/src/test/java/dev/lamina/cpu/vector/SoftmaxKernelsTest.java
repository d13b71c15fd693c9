package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.graph.Loss;
import dev.lamina.graph.Loss.LossReduction;
import dev.lamina.graph.Softmax;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Softmax and cross-entropy against the reference under all options. */
class SoftmaxKernelsTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);
    private static final Team[] TEAMS = {Team.single(), TWO};

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    private static void softmax(Tensor x, double limit) {
        long[] d = x.shape().toArray();
        for (boolean logarithm : new boolean[] {false, true}) {
            Tensor expected = Reference.one(logarithm ? new Softmax.LogProbabilities(1) : new Softmax.Probabilities(1), x);
            for (Team team : TEAMS) {
                Memory memory = Memory.of(x);
                Memory out = Memory.floats(d);
                SoftmaxKernels.softmax(team, logarithm, d[0], d[1], d[2], memory.pointer(), out.pointer()).run();
                Expect.close(expected, out.tensor(), 8, limit, "softmax " + x.shape());
                SoftmaxKernels.softmax(team, logarithm, d[0], d[1], d[2], memory.pointer(), memory.pointer()).run();
                Expect.same(out.tensor(), memory.tensor(), "in place");
            }
        }
    }

    @Test
    void softmaxAlongAnyAxis() {
        for (long[] d : new long[][] {{1, 1, 1}, {64, 10, 1}, {3, 1000, 1}, {2, 5000, 1}, {700, 16, 1}, {3, 17, 5}, {0, 3, 1}, {3, 0, 1},
            {2, 40, 300}}) {
            // Rounding of the difference from the largest logit, at most 8 apart, and of the logarithm.
            softmax(Expect.normal((int) (d[0] * d[1] * d[2]), 1, d), 8 * 0x1p-24);
        }
    }

    @Test
    void farAndSpecialLogits() {
        float inf = Float.POSITIVE_INFINITY;
        softmax(Tensor.of(new float[] {1000, 0, -1000, 1e30f, 0, 1, -inf, 0, 1, inf, 0, 1, Float.NaN, 0, 1, -inf, -inf, -inf}, 6, 3, 1),
                1e-4);
    }

    static Tensor labels(DType type, long n, long k, boolean ignoring) {
        double[] values = new double[(int) n];
        for (int i = 0; i < n; i++) {
            values[i] = ignoring && i % 3 == 1 ? Loss.IGNORE_INDEX : i * 7 % k;
        }
        return Tensor.of(type, values, n);
    }

    private static void loss(long n, long k, Loss.Options options, Tensor labels, Tensor weights) {
        Tensor logits = Expect.normal((int) (n * k), n, n, k);
        boolean each = options.reduction() == LossReduction.NONE;
        Tensor upstream = each ? Expect.normal((int) n, 5) : Tensor.scalar(DType.FLOAT32, 0.75);
        Tensor loss = weights == null ? Reference.one(new Loss.CrossEntropy(options), logits, labels)
                : Reference.one(new Loss.CrossEntropy(options), logits, labels, weights);
        Tensor slope = weights == null ? Reference.one(new Loss.CrossEntropyGradient(options), upstream, logits, labels)
                : Reference.one(new Loss.CrossEntropyGradient(options), upstream, logits, labels, weights);
        String what = options + " " + n + " " + k;
        for (Team team : TEAMS) {
            Memory z = Memory.of(logits);
            SoftmaxKernels.Samples samples = new SoftmaxKernels.Samples("crossEntropy \"loss\"", options, n, k, z.pointer(),
                    Memory.of(labels).pointer(), labels.dtype(), weights == null ? null : Memory.of(weights).pointer());
            Memory out = new Memory(DType.FLOAT32, loss.shape());
            SoftmaxKernels.crossEntropy(team, samples, out.pointer()).run();
            double scale = Arrays.stream(loss.toDoubles()).map(Math::abs).max().orElse(0);
            Expect.close(loss, out.tensor(), 4, Double.MIN_VALUE + 16 * scale * 0x1p-24, what);
            Memory gradient = Memory.floats(n, k);
            SoftmaxKernels.crossEntropyGradient(team, samples, Memory.of(upstream).pointer(), gradient.pointer()).run();
            Expect.close(slope, gradient.tensor(), 8, 8 * reach(options, labels, weights, upstream) * 0x1p-24, what);
            SoftmaxKernels.crossEntropyGradient(team, samples, Memory.of(upstream).pointer(), z.pointer()).run();
            Expect.same(gradient.tensor(), z.tensor(), "in place");
        }
    }

    /** The largest slope that a sample can have: what its probabilities and targets are multiplied by. */
    private static double reach(Loss.Options options, Tensor labels, Tensor weights, Tensor upstream) {
        double divisor = 0;
        for (long label : labels.toLongs()) {
            divisor += label == options.ignoreIndex() ? 0 : weights == null ? 1 : weights.get(label);
        }
        double heaviest = weights == null ? 1 : Arrays.stream(weights.toDoubles()).max().orElse(0);
        double scale = Arrays.stream(upstream.toDoubles()).map(Math::abs).max().orElse(0);
        return heaviest * scale / (options.reduction() == LossReduction.MEAN && divisor > 0 ? divisor : 1);
    }

    @ParameterizedTest
    @EnumSource(LossReduction.class)
    void lossesAndGradients(LossReduction reduction) {
        for (long[] nk : new long[][] {{1, 1}, {3, 2}, {64, 10}, {65, 17}, {5, 1000}, {3, 5000}, {1000, 9}}) {
            for (double smoothing : new double[] {0, 0.1}) {
                Loss.Options options = new Loss.Options(smoothing, Loss.IGNORE_INDEX, reduction);
                Tensor weights = Expect.normal((int) nk[1], 3);
                weights = Tensor.of(DType.FLOAT32, Arrays.stream(weights.toDoubles()).map(w -> 0.25 + Math.abs(w)).toArray(), nk[1]);
                loss(nk[0], nk[1], options, labels(DType.INT64, nk[0], nk[1], false), null);
                loss(nk[0], nk[1], options, labels(DType.INT32, nk[0], nk[1], true), null);
                loss(nk[0], nk[1], options, labels(DType.INT64, nk[0], nk[1], true), weights);
            }
        }
    }

    @Test
    void allIgnoredGivesNanAndNoGradient() {
        Tensor labels = Tensor.full(DType.INT64, Shape.of(4), Loss.IGNORE_INDEX);
        loss(4, 3, Loss.Options.defaults(), labels, null);
    }

    @Test
    void wrongLabelsAreNamed() {
        Memory labels = Memory.of(Tensor.of(new long[] {0, 3}));
        SoftmaxKernels.Samples samples = new SoftmaxKernels.Samples("crossEntropy \"loss\"", Loss.Options.defaults(), 2, 3,
                Memory.floats(2, 3).pointer(), labels.pointer(), DType.INT64, null);
        Kernel kernel = SoftmaxKernels.crossEntropy(TWO, samples, Memory.floats(1).pointer());
        Exception e = assertThrows(IllegalArgumentException.class, kernel::run);
        assertEquals("crossEntropy \"loss\": label 3 at index 1, classes are 0..2. Are labels 1-based?", e.getMessage());
        labels.set(Tensor.of(new long[] {-1, 0}));
        e = assertThrows(IllegalArgumentException.class, kernel::run);
        assertEquals("crossEntropy \"loss\": label -1 at index 0, classes are 0..2.", e.getMessage());
    }
}
