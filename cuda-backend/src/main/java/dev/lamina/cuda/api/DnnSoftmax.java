package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnSoftmaxAlgorithm;
import jcuda.jcudnn.cudnnSoftmaxMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** Softmax or its logarithm along channels, after subtracting the maximum. */
public final class DnnSoftmax implements AutoCloseable {
    private final Dnn dnn;
    private final ImageTensor images;
    private final int algorithm;
    private final DType scale;
    private final DnnDescriptors descriptors;
    private final cudnnTensorDescriptor tensor;

    /** What comes out. */
    public enum Result {
        /** Probabilities. */
        PROBABILITIES,
        /** Their logarithms. */
        LOGARITHMS
    }

    /** Makes the descriptor. */
    public DnnSoftmax(Dnn dnn, ImageTensor images, Result result) {
        this.dnn = dnn;
        this.images = images;
        this.algorithm = switch (result) {
            case PROBABILITIES -> cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE;
            case LOGARITHMS -> cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_LOG;
        };
        this.scale = Dnn.scaleType(images.type());
        this.descriptors = new DnnDescriptors(dnn.context());
        try {
            tensor = descriptors.tensor(images);
        } catch (CudaException e) {
            descriptors.close();
            throw e;
        }
    }

    /** Queues the function of x into y, which may be x. */
    public void forward(long x, long y) {
        cudnnHandle handle = dnn.use();
        int status = JCudnn.cudnnSoftmaxForward(handle, algorithm, cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_CHANNEL, Scalars.one(scale), tensor,
                new Raw.Host(x), Scalars.zero(scale), tensor, new Raw.Host(y));
        Dnn.check(status, "cudnnSoftmaxForward", images::toString);
    }

    @Override
    public void close() {
        descriptors.close();
    }
}
