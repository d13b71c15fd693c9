package dev.lamina.cpu.reference;

import dev.lamina.graph.Loss;
import java.util.Arrays;

/** Cross-entropy and its gradient. */
final class LossKernels {
    private LossKernels() { }

    /** The operands both kernels share. */
    private record Rows(double[] logits, long[] labels, double[] weights, int classes, Loss.Options options) {
        /** Logits at operand i, labels and weights after them. Labels are checked. */
        static Rows of(Call call, int i, Loss.Options options) {
            int classes = (int) call.shape(i).dim(1);
            double[] weights;
            if (call.operands() == i + 3) {
                weights = call.load(i + 2);
            } else {
                weights = new double[classes];
                Arrays.fill(weights, 1);
            }
            Rows rows = new Rows(call.load(i), call.loadLongs(i + 1), weights, classes, options);
            for (int n = 0; n < rows.labels.length; n++) {
                long label = rows.labels[n];
                if (!rows.ignored(n) && (label < 0 || label >= classes)) {
                    throw call.error("label " + label + " at index " + n + ", classes are 0.." + (classes - 1) + "."
                            + (label == classes ? " Are labels 1-based?" : ""));
                }
            }
            return rows;
        }

        boolean ignored(int n) {
            return labels[n] == options.ignoreIndex();
        }

        /** What the sum of losses is divided by. */
        double divisor() {
            if (options.reduction() != Loss.LossReduction.MEAN) {
                return 1;
            }
            double sum = 0;
            for (int n = 0; n < labels.length; n++) {
                sum += ignored(n) ? 0 : weights[(int) labels[n]];
            }
            return sum;
        }

        /** {@code t_k w_k} of sample n. */
        double target(int n, int k) {
            double smooth = options.labelSmoothing() / classes;
            return (labels[n] == k ? 1 - options.labelSmoothing() + smooth : smooth) * weights[k];
        }
    }

    static void crossEntropy(Loss.CrossEntropy op, Call call) {
        Rows rows = Rows.of(call, 0, op.options());
        double[] z = rows.logits;
        double[] losses = new double[rows.labels.length];
        double total = 0;
        for (int n = 0; n < losses.length; n++) {
            if (rows.ignored(n)) {
                continue;
            }
            SoftmaxKernels.row(z, n * rows.classes, 1, rows.classes, true);
            for (int k = 0; k < rows.classes; k++) {
                if (k == rows.labels[n] || op.options().labelSmoothing() > 0) {
                    losses[n] -= rows.target(n, k) * z[n * rows.classes + k];
                }
            }
            total += losses[n];
        }
        call.store(0, op.options().reduction() == Loss.LossReduction.NONE ? losses : new double[] {total / rows.divisor()});
    }

    static void crossEntropyGradient(Loss.CrossEntropyGradient op, Call call) {
        double[] upstream = call.load(0);
        Rows rows = Rows.of(call, 1, op.options());
        double[] z = rows.logits;
        double divisor = rows.divisor();
        for (int n = 0; n < rows.labels.length; n++) {
            int start = n * rows.classes;
            if (rows.ignored(n)) {
                Arrays.fill(z, start, start + rows.classes, 0);
                continue;
            }
            double scale = upstream[upstream.length == 1 ? 0 : n] / divisor;
            SoftmaxKernels.row(z, start, 1, rows.classes, false);
            double targets = 0;
            for (int k = 0; k < rows.classes; k++) {
                targets += rows.target(n, k);
            }
            for (int k = 0; k < rows.classes; k++) {
                z[start + k] = (z[start + k] * targets - rows.target(n, k)) * scale;
            }
        }
        call.store(0, z);
    }
}
