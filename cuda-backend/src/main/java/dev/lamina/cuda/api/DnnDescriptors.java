package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnLRNDescriptor;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/** Makes the descriptors of one op and destroys them with it, the last first. */
final class DnnDescriptors extends Owner {
    private final Deque<Runnable> releases = new ArrayDeque<>();

    DnnDescriptors(Context context) {
        super(context, "descriptors of cuDNN");
        context.makeCurrent();
    }

    cudnnTensorDescriptor tensor(ImageTensor t) {
        cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
        Dnn.check(JCudnn.cudnnCreateTensorDescriptor(descriptor), "cudnnCreateTensorDescriptor", t::toString);
        own("cudnnDestroyTensorDescriptor", () -> JCudnn.cudnnDestroyTensorDescriptor(descriptor));
        Dnn.check(JCudnn.cudnnSetTensor4dDescriptorEx(descriptor, Dnn.code(t.type()), t.n(), t.c(), t.h(), t.w(),
                t.strideN(), t.strideC(), t.strideH(), t.strideW()), "cudnnSetTensor4dDescriptorEx", t::toString);
        return descriptor;
    }

    cudnnFilterDescriptor filter(FilterTensor f) {
        cudnnFilterDescriptor descriptor = new cudnnFilterDescriptor();
        Dnn.check(JCudnn.cudnnCreateFilterDescriptor(descriptor), "cudnnCreateFilterDescriptor", f::toString);
        own("cudnnDestroyFilterDescriptor", () -> JCudnn.cudnnDestroyFilterDescriptor(descriptor));
        int format = f.channelsLast() ? cudnnTensorFormat.CUDNN_TENSOR_NHWC : cudnnTensorFormat.CUDNN_TENSOR_NCHW;
        Dnn.check(JCudnn.cudnnSetFilter4dDescriptor(descriptor, Dnn.code(f.type()), format, f.k(), f.c(), f.r(), f.s()),
                "cudnnSetFilter4dDescriptor", f::toString);
        return descriptor;
    }

    cudnnConvolutionDescriptor convolution(ConvolutionShape s, int mathType) {
        cudnnConvolutionDescriptor descriptor = new cudnnConvolutionDescriptor();
        Dnn.check(JCudnn.cudnnCreateConvolutionDescriptor(descriptor), "cudnnCreateConvolutionDescriptor", s::toString);
        own("cudnnDestroyConvolutionDescriptor", () -> JCudnn.cudnnDestroyConvolutionDescriptor(descriptor));
        Dnn.check(JCudnn.cudnnSetConvolution2dDescriptor(descriptor, s.padH(), s.padW(), s.strideH(), s.strideW(),
                s.dilationH(), s.dilationW(), cudnnConvolutionMode.CUDNN_CROSS_CORRELATION, Dnn.code(s.arithmetic().sum())),
                "cudnnSetConvolution2dDescriptor", s::toString);
        Dnn.check(JCudnn.cudnnSetConvolutionGroupCount(descriptor, s.groups()), "cudnnSetConvolutionGroupCount", s::toString);
        math(descriptor, mathType);
        return descriptor;
    }

    static void math(cudnnConvolutionDescriptor descriptor, int mathType) {
        Dnn.check(JCudnn.cudnnSetConvolutionMathType(descriptor, mathType), "cudnnSetConvolutionMathType", () -> "math type " + mathType);
    }

    /** ReLU, or no activation. */
    cudnnActivationDescriptor activation(boolean relu) {
        cudnnActivationDescriptor descriptor = new cudnnActivationDescriptor();
        Dnn.check(JCudnn.cudnnCreateActivationDescriptor(descriptor), "cudnnCreateActivationDescriptor", () -> "");
        own("cudnnDestroyActivationDescriptor", () -> JCudnn.cudnnDestroyActivationDescriptor(descriptor));
        int mode = relu ? cudnnActivationMode.CUDNN_ACTIVATION_RELU : cudnnActivationMode.CUDNN_ACTIVATION_IDENTITY;
        Dnn.check(JCudnn.cudnnSetActivationDescriptor(descriptor, mode, cudnnNanPropagation.CUDNN_PROPAGATE_NAN, 0),
                "cudnnSetActivationDescriptor", () -> relu ? "ReLU" : "identity");
        return descriptor;
    }

    cudnnPoolingDescriptor pooling(PoolingShape p, int mode) {
        cudnnPoolingDescriptor descriptor = new cudnnPoolingDescriptor();
        Dnn.check(JCudnn.cudnnCreatePoolingDescriptor(descriptor), "cudnnCreatePoolingDescriptor", p::toString);
        own("cudnnDestroyPoolingDescriptor", () -> JCudnn.cudnnDestroyPoolingDescriptor(descriptor));
        Dnn.check(JCudnn.cudnnSetPooling2dDescriptor(descriptor, mode, cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
                p.kernelH(), p.kernelW(), p.padH(), p.padW(), p.strideH(), p.strideW()), "cudnnSetPooling2dDescriptor", p::toString);
        return descriptor;
    }

    cudnnLRNDescriptor lrn(DnnLrn.Parameters p) {
        cudnnLRNDescriptor descriptor = new cudnnLRNDescriptor();
        Dnn.check(JCudnn.cudnnCreateLRNDescriptor(descriptor), "cudnnCreateLRNDescriptor", p::toString);
        own("cudnnDestroyLRNDescriptor", () -> JCudnn.cudnnDestroyLRNDescriptor(descriptor));
        Dnn.check(JCudnn.cudnnSetLRNDescriptor(descriptor, p.size(), p.alpha(), p.beta(), p.k()), "cudnnSetLRNDescriptor", p::toString);
        return descriptor;
    }

    /** One number a channel, of the type of statistics that goes with images of a type. */
    cudnnTensorDescriptor channels(DType type, int c) {
        return tensor(ImageTensor.channels(Dnn.scaleType(type), c));
    }

    /** A call that destroys a descriptor. */
    private interface Release {
        int run();
    }

    private void own(String call, Release release) {
        releases.push(() -> Dnn.check(release.run(), call, () -> ""));
    }

    @Override
    void release() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
