package dev.lamina.cpu.reference;

import dev.lamina.graph.Softmax;
import dev.lamina.tensor.Shape;

/** Softmax and its logarithm along one axis. */
final class SoftmaxKernels {
    private SoftmaxKernels() { }

    static void softmax(Softmax.Probabilities op, Call call) {
        along(op, call, false);
    }

    static void logSoftmax(Softmax.LogProbabilities op, Call call) {
        along(op, call, true);
    }

    private static void along(Softmax op, Call call, boolean logarithm) {
        Shape shape = call.shape(0);
        double[] z = call.load(0);
        if (z.length == 0) {
            return;
        }
        int n = (int) shape.dim(op.axis());
        int inner = (int) shape.strides()[shape.axis(op.axis())];
        call.workers().ranges(z.length / n, (from, to) -> {
            for (int i = from; i < to; i++) {
                row(z, i / inner * inner * n + i % inner, inner, n, logarithm);
            }
        });
        call.store(0, z);
    }

    /** Replaces n logits by their probabilities or the logarithms of these. */
    static void row(double[] z, int start, int stride, int n, boolean logarithm) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < n; k++) {
            max = Math.max(max, z[start + k * stride]);
        }
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += Math.exp(z[start + k * stride] - max);
        }
        double logSum = Math.log(sum);
        for (int k = 0; k < n; k++) {
            double shifted = z[start + k * stride] - max;
            z[start + k * stride] = logarithm ? shifted - logSum : Math.exp(shifted) / sum;
        }
    }
}
