package dev.lamina.cpu.vector;

import dev.lamina.graph.Loss;
import dev.lamina.tensor.DType;

/** Makes kernels for softmax, its logarithm, and cross-entropy with its gradient. Numbers are float32. */
public final class SoftmaxKernels {
    /** Below this many logits a second thread costs more than it brings. */
    static final long ALONE = 4096;

    private SoftmaxKernels() { }

    /**
     * A kernel for the softmax along the middle of contiguous x {@code [outer, n, inner]}, or its logarithm. The result may be x's memory.
     */
    public static Kernel softmax(Team team, boolean logarithm, long outer, long n, long inner, Pointer x, Pointer y) {
        return new SoftmaxKernel(team, logarithm, outer, n, inner, x, y);
    }

    /**
     * The operands of a cross-entropy.
     *
     * @param node the node as errors name it, {@code op "name"}
     * @param rows number of samples N
     * @param classes number of classes K
     * @param logits {@code [N, K]}
     * @param labels {@code [N]}
     * @param labelType int32 or int64
     * @param weights {@code [K]}, or null
     */
    public record Samples(String node, Loss.Options options, long rows, long classes, Pointer logits, Pointer labels, DType labelType,
            Pointer weights) {
        /** Checks the labels' type. */
        public Samples {
            if (labelType != DType.INT64 && labelType != DType.INT32) {
                throw new IllegalArgumentException(node + ": labels are " + labelType + ", need int32 or int64.");
            }
        }
    }

    /**
     * A kernel for the loss: {@code [N]} under NONE, else one number. A run throws {@link IllegalArgumentException} for a label that is
     * neither a class nor ignored.
     */
    public static Kernel crossEntropy(Team team, Samples samples, Pointer loss) {
        return new CrossEntropyKernel(team, samples, loss);
    }

    /**
     * A kernel for the gradient by the logits {@code [N, K]}, which may be the logits' memory, from the loss's gradient ({@code [N]} under
     * NONE, else one number). Throws as the loss does.
     */
    public static Kernel crossEntropyGradient(Team team, Samples samples, Pointer upstream, Pointer gradient) {
        return new CrossEntropyGradientKernel(team, samples, upstream, gradient);
    }
}
