package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnLRNDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** Local response normalisation across channels, {@code y = x / (k + alpha / size Σ x²)^beta}, and its gradient. */
public final class DnnLrn implements AutoCloseable {
    /** cuDNN's only mode: across channels, dimension 1. */
    private static final int CROSS_CHANNEL = 0;

    private final Dnn dnn;
    private final String text;
    private final DType scale;
    private final DnnDescriptors descriptors;
    private final cudnnLRNDescriptor lrn;
    private final cudnnTensorDescriptor tensor;

    /**
     * The parameters, in cuDNN's meaning: alpha is divided by the size.
     *
     * @param size channels in a window, {@code (size - 1) / 2} of them before the middle
     * @param alpha weight of the mean square
     * @param beta exponent
     * @param k what is added to the mean square
     */
    public record Parameters(int size, double alpha, double beta, double k) {
        private static final int MOST = 16;
        private static final double SMALLEST_K = 1e-5;
        private static final double SMALLEST_BETA = 0.01;

        /** True if cuDNN takes them: size 1 to 16, k at least 1e-5, beta at least 0.01. */
        public boolean isLegal() {
            return size >= 1 && size <= MOST && k >= SMALLEST_K && beta >= SMALLEST_BETA;
        }
    }

    /** Makes the descriptors. */
    public DnnLrn(Dnn dnn, ImageTensor images, Parameters parameters) {
        this.dnn = dnn;
        this.text = images + ", " + parameters;
        this.scale = Dnn.scaleType(images.type());
        this.descriptors = new DnnDescriptors(dnn.context());
        try {
            lrn = descriptors.lrn(parameters);
            tensor = descriptors.tensor(images);
        } catch (CudaException e) {
            descriptors.close();
            throw e;
        }
    }

    /** Queues the normalisation of x into y. */
    public void forward(long x, long y) {
        cudnnHandle handle = dnn.use();
        int status = JCudnn.cudnnLRNCrossChannelForward(handle, lrn, CROSS_CHANNEL, Scalars.one(scale), tensor, new Raw.Host(x),
                Scalars.zero(scale), tensor, new Raw.Host(y));
        Dnn.check(status, "cudnnLRNCrossChannelForward", () -> text);
    }

    /** Queues the gradient by x from that by y; y is what {@link #forward} gave for x. */
    public void backward(long y, long yGradient, long x, long xGradient) {
        cudnnHandle handle = dnn.use();
        int status = JCudnn.cudnnLRNCrossChannelBackward(handle, lrn, CROSS_CHANNEL, Scalars.one(scale), tensor, new Raw.Host(y), tensor,
                new Raw.Host(yGradient), tensor, new Raw.Host(x), Scalars.zero(scale), tensor, new Raw.Host(xGradient));
        Dnn.check(status, "cudnnLRNCrossChannelBackward", () -> text);
    }

    @Override
    public void close() {
        descriptors.close();
    }
}
