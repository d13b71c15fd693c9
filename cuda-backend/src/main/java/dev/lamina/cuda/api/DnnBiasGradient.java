package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** The gradient of a convolution by its bias: the sum of each channel over images and places. */
public final class DnnBiasGradient implements AutoCloseable {
    private final Dnn dnn;
    private final ImageTensor images;
    private final DType scale;
    private final DnnDescriptors descriptors;
    private final cudnnTensorDescriptor tensor;
    private final cudnnTensorDescriptor bias;

    /** Makes the descriptors; sums are of the images' type. */
    public DnnBiasGradient(Dnn dnn, ImageTensor images) {
        this.dnn = dnn;
        this.images = images;
        this.scale = Dnn.scaleType(images.type());
        this.descriptors = new DnnDescriptors(dnn.context());
        try {
            tensor = descriptors.tensor(images);
            bias = descriptors.tensor(ImageTensor.channels(images.type(), images.c()));
        } catch (CudaException e) {
            descriptors.close();
            throw e;
        }
    }

    /** Queues the sums. */
    public void run(long gradient, long sums) {
        cudnnHandle handle = dnn.use();
        Dnn.check(JCudnn.cudnnConvolutionBackwardBias(handle, Scalars.one(scale), tensor, new Raw.Host(gradient), Scalars.zero(scale), bias,
                new Raw.Host(sums)), "cudnnConvolutionBackwardBias", images::toString);
    }

    @Override
    public void close() {
        descriptors.close();
    }
}
