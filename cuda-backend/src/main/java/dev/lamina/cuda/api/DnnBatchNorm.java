package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBatchNormMode;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * Batch normalisation a channel, {@code y = γ (x - μ) / sqrt(σ² + ε) + β}. γ, β and statistics are float64 with images of float64, else
 * float32.
 */
public final class DnnBatchNorm implements AutoCloseable {
    private static final int MODE = cudnnBatchNormMode.CUDNN_BATCHNORM_SPATIAL;
    /** With this factor the "running" statistics are the batch's own. */
    private static final double REPLACE = 1;

    private final Dnn dnn;
    private final ImageTensor images;
    private final double epsilon;
    private final DType scale;
    private final DnnDescriptors descriptors;
    private final cudnnTensorDescriptor tensor;
    private final cudnnTensorDescriptor channels;

    /** Makes the descriptors; epsilon is at least 0. */
    public DnnBatchNorm(Dnn dnn, ImageTensor images, double epsilon) {
        this.dnn = dnn;
        this.images = images;
        this.epsilon = epsilon;
        this.scale = Dnn.scaleType(images.type());
        this.descriptors = new DnnDescriptors(dnn.context());
        try {
            tensor = descriptors.tensor(images);
            channels = descriptors.channels(images.type(), images.c());
        } catch (CudaException e) {
            descriptors.close();
            throw e;
        }
    }

    /**
     * Where a batch's statistics go, each {@code [C]}.
     *
     * @param mean the mean
     * @param sampleVariance the unbiased variance, {@code m / (m - 1)} times the biased one
     * @param savedMean the mean once more, for the gradient
     * @param inverseDeviation {@code 1 / sqrt(σ² + ε)} of the biased variance, for the gradient
     */
    public record Statistics(long mean, long sampleVariance, long savedMean, long inverseDeviation) {
    }

    /** Queues the normalisation of x into y by the batch's own statistics, which are stored. */
    public void training(long x, long gamma, long beta, long y, Statistics s) {
        cudnnHandle handle = dnn.use();
        int status = JCudnn.cudnnBatchNormalizationForwardTraining(handle, MODE, Scalars.one(scale), Scalars.zero(scale), tensor,
                new Raw.Host(x), tensor, new Raw.Host(y), channels, new Raw.Host(gamma), new Raw.Host(beta), REPLACE, new Raw.Host(s.mean),
                new Raw.Host(s.sampleVariance), epsilon, new Raw.Host(s.savedMean), new Raw.Host(s.inverseDeviation));
        Dnn.check(status, "cudnnBatchNormalizationForwardTraining", this::toString);
    }

    /** Queues the normalisation of x into y by given mean and variance. */
    public void inference(long x, long gamma, long beta, long mean, long variance, long y) {
        cudnnHandle handle = dnn.use();
        int status = JCudnn.cudnnBatchNormalizationForwardInference(handle, MODE, Scalars.one(scale), Scalars.zero(scale), tensor,
                new Raw.Host(x), tensor, new Raw.Host(y), channels, new Raw.Host(gamma), new Raw.Host(beta), new Raw.Host(mean),
                new Raw.Host(variance), epsilon);
        Dnn.check(status, "cudnnBatchNormalizationForwardInference", this::toString);
    }

    /**
     * Where gradients go.
     *
     * @param x by the input
     * @param gamma by γ
     * @param beta by β
     */
    public record Gradients(long x, long gamma, long beta) {
    }

    /** Queues the gradients from that by y, with the statistics that {@link #training} saved. */
    public void backward(long x, long yGradient, long gamma, long savedMean, long inverseDeviation, Gradients to) {
        cudnnHandle handle = dnn.use();
        int status = JCudnn.cudnnBatchNormalizationBackward(handle, MODE, Scalars.one(scale), Scalars.zero(scale), Scalars.one(scale),
                Scalars.zero(scale), tensor, new Raw.Host(x), tensor, new Raw.Host(yGradient), tensor, new Raw.Host(to.x), channels,
                new Raw.Host(gamma), new Raw.Host(to.gamma), new Raw.Host(to.beta), epsilon, new Raw.Host(savedMean),
                new Raw.Host(inverseDeviation));
        Dnn.check(status, "cudnnBatchNormalizationBackward", this::toString);
    }

    @Override
    public String toString() {
        return images + ", epsilon " + epsilon;
    }

    @Override
    public void close() {
        descriptors.close();
    }
}
