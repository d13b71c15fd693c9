package dev.lamina.cpu.vector;

/**
 * Batch normalisation of images in memory ({@link dev.lamina.graph.Normalization}). Images x, y, residual and their gradients have one
 * layout; γ, β, the statistics and their gradients are plain float32 {@code [C]}.
 */
public final class BatchNorm {
    private BatchNorm() { }

    /** What follows the normalisation and the sum with the residual. */
    public enum Activation {
        /** Nothing. */
        NONE,
        /** {@code max(0, y)}; NaN stays NaN. */
        RELU
    }

    /**
     * A kernel of {@code y = activation(γ (x - μ) / sqrt(σ² + ε) + β + residual)} with the batch's mean and biased variance, which it
     * writes.
     *
     * @param y may be x or the residual
     * @param residual null for none
     */
    public static Kernel training(Team team, Images images, Pointer x, Pointer gamma, Pointer beta, Pointer y, Pointer mean,
            Pointer variance, double epsilon, Pointer residual, Activation activation) {
        return new BatchNormTraining(team, images, x, gamma, beta, y, mean, variance, epsilon, residual, activation);
    }

    /**
     * Like {@link #training} with given statistics, which it reads.
     *
     * @param y may be x or the residual
     * @param residual null for none
     */
    public static Kernel inference(Team team, Images images, Pointer x, Pointer gamma, Pointer beta, Pointer mean, Pointer variance,
            Pointer y, double epsilon, Pointer residual, Activation activation) {
        return new BatchNormInference(team, images, x, gamma, beta, mean, variance, y, epsilon, residual, activation);
    }

    /**
     * A kernel of the gradients of x, γ and β. With y given, the gradient first passes the rectifier: {@code g = dy 1[y > 0]}.
     *
     * @param dx may be dy, x or y, but not maskedGradient
     * @param y the output of the rectifier that followed; null if none did
     * @param maskedGradient where g is written for others to read, the residual's gradient; may be dy, but not x, y or dx; null for
     *     nowhere, and if y is null
     */
    public static Kernel gradient(Team team, Images images, Pointer dy, Pointer x, Pointer gamma, Pointer mean, Pointer variance,
            Pointer dx, Pointer dgamma, Pointer dbeta, double epsilon, Pointer y, Pointer maskedGradient) {
        return new BatchNormGradient(team, images, dy, x, gamma, mean, variance, dx, dgamma, dbeta, epsilon, y, maskedGradient);
    }
}
