package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** Average pooling and its gradient. */
public final class DnnPooling implements AutoCloseable {
    private final Dnn dnn;
    private final PoolingShape shape;
    private final DType scale;
    private final DnnDescriptors descriptors;
    private final cudnnPoolingDescriptor pooling;
    private final cudnnTensorDescriptor input;
    private final cudnnTensorDescriptor output;

    /** What a window's sum is divided by. */
    public enum Divisor {
        /** The window's size. */
        WINDOW,
        /** The number of input elements in the window. */
        INPUT
    }

    /** Makes the descriptors. */
    public DnnPooling(Dnn dnn, PoolingShape shape, Divisor divisor) {
        this.dnn = dnn;
        this.shape = shape;
        this.scale = Dnn.scaleType(shape.input().type());
        this.descriptors = new DnnDescriptors(dnn.context());
        try {
            pooling = descriptors.pooling(shape, divisor == Divisor.WINDOW ? cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING
                    : cudnnPoolingMode.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING);
            input = descriptors.tensor(shape.input());
            output = descriptors.tensor(shape.output());
        } catch (CudaException e) {
            descriptors.close();
            throw e;
        }
    }

    /** Queues {@code y = mean of windows of x}. */
    public void forward(long x, long y) {
        cudnnHandle handle = dnn.use();
        int status = JCudnn.cudnnPoolingForward(handle, pooling, Scalars.one(scale), input, new Raw.Host(x), Scalars.zero(scale), output,
                new Raw.Host(y));
        Dnn.check(status, "cudnnPoolingForward", shape::toString);
    }

    /**
     * Queues the gradient by x from that by y. What x and y hold is of no weight to a mean, but cuDNN wants memory for both, and x's
     * apart from xGradient.
     */
    public void backward(long y, long yGradient, long x, long xGradient) {
        cudnnHandle handle = dnn.use();
        int status = JCudnn.cudnnPoolingBackward(handle, pooling, Scalars.one(scale), output, new Raw.Host(y), output,
                new Raw.Host(yGradient), input, new Raw.Host(x), Scalars.zero(scale), input, new Raw.Host(xGradient));
        Dnn.check(status, "cudnnPoolingBackward", shape::toString);
    }

    @Override
    public void close() {
        descriptors.close();
    }
}
