package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** One pass of a convolution with its algorithm. */
public final class DnnConvolution implements AutoCloseable {
    private final Dnn dnn;
    private final ConvolutionShape shape;
    private final ConvolutionPass pass;
    private final ConvolutionAlgorithm algorithm;
    private final DType sum;
    private final DnnDescriptors descriptors;
    private final cudnnTensorDescriptor input;
    private final cudnnFilterDescriptor filter;
    private final cudnnTensorDescriptor output;
    private final cudnnConvolutionDescriptor convolution;
    private final cudnnTensorDescriptor bias;
    private final cudnnActivationDescriptor activation;

    /** Makes the descriptors. */
    public DnnConvolution(Dnn dnn, ConvolutionShape shape, ConvolutionPass pass, ConvolutionAlgorithm algorithm) {
        this.dnn = dnn;
        this.shape = shape;
        this.pass = pass;
        this.algorithm = algorithm;
        this.sum = shape.arithmetic().sum();
        this.descriptors = new DnnDescriptors(dnn.context());
        try {
            input = descriptors.tensor(shape.input());
            filter = descriptors.filter(shape.filter());
            output = descriptors.tensor(shape.output());
            convolution = descriptors.convolution(shape, algorithm.mathType());
            bias = isBiased() ? descriptors.tensor(ImageTensor.channels(shape.output().type(), shape.output().c())) : null;
            activation = isBiased() ? descriptors.activation(pass != ConvolutionPass.FORWARD_BIAS) : null;
        } catch (CudaException e) {
            descriptors.close();
            throw e;
        }
    }

    /** Memory that each call needs while it runs. */
    public long workspaceBytes() {
        return algorithm.workspaceBytes();
    }

    /** How the pass is computed, for people. */
    public String describe() {
        return "cuDNN " + pass.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " algorithm " + algorithm.number();
    }

    /** Queues {@code y = w * x}; the pass is FORWARD. */
    public void forward(long x, long w, long y, long workspace) {
        cudnnHandle handle = use(ConvolutionPass.FORWARD);
        check(JCudnn.cudnnConvolutionForward(handle, Scalars.one(sum), input, new Raw.Host(x), filter, new Raw.Host(w), convolution,
                algorithm.number(), new Raw.Host(workspace), workspaceBytes(), Scalars.zero(sum), output, new Raw.Host(y)),
                "cudnnConvolutionForward");
    }

    /**
     * Queues {@code y = w * x + bias}, with z added in FORWARD_BIAS_SUM_RELU, and negative results set to 0 in both passes with
     * a rectifier.
     *
     * @param z what is added, shaped like y and possibly y itself; of no weight in the other passes
     */
    public void forwardBiased(long x, long w, long bias, long z, long y, long workspace) {
        if (!isBiased()) {
            throw new IllegalStateException("a convolution made for " + pass + " is asked for a bias.");
        }
        boolean sum = pass == ConvolutionPass.FORWARD_BIAS_SUM_RELU;
        check(tryBiased(dnn.use(), new Raw.Host(x), new Raw.Host(w), new Raw.Host(bias), new Raw.Host(sum ? z : y), new Raw.Host(y),
                new Raw.Host(workspace)), "cudnnConvolutionBiasActivationForward");
    }

    private boolean isBiased() {
        return switch (pass) {
            case FORWARD_BIAS, FORWARD_BIAS_RELU, FORWARD_BIAS_SUM_RELU -> true;
            case FORWARD, DATA_GRADIENT, FILTER_GRADIENT -> false;
        };
    }

    /** The same, with the status as answer: whether an algorithm can do it is found out by trying. */
    int tryBiased(cudnnHandle handle, Pointer x, Pointer w, Pointer b, Pointer z, Pointer y, Pointer workspace) {
        Pointer weight = pass == ConvolutionPass.FORWARD_BIAS_SUM_RELU ? Scalars.one(sum) : Scalars.zero(sum);
        return JCudnn.cudnnConvolutionBiasActivationForward(handle, Scalars.one(sum), input, x, filter, w, convolution, algorithm.number(),
                workspace, workspaceBytes(), weight, output, z, bias, b, activation, output, y);
    }

    /** Queues the gradient by x from that by y; the pass is DATA_GRADIENT. */
    public void dataGradient(long yGradient, long w, long xGradient, long workspace) {
        cudnnHandle handle = use(ConvolutionPass.DATA_GRADIENT);
        check(JCudnn.cudnnConvolutionBackwardData(handle, Scalars.one(sum), filter, new Raw.Host(w), output, new Raw.Host(yGradient),
                convolution, algorithm.number(), new Raw.Host(workspace), workspaceBytes(), Scalars.zero(sum), input,
                new Raw.Host(xGradient)), "cudnnConvolutionBackwardData");
    }

    /** Queues the gradient by w from x and the gradient by y; the pass is FILTER_GRADIENT. */
    public void filterGradient(long x, long yGradient, long wGradient, long workspace) {
        cudnnHandle handle = use(ConvolutionPass.FILTER_GRADIENT);
        check(JCudnn.cudnnConvolutionBackwardFilter(handle, Scalars.one(sum), input, new Raw.Host(x), output, new Raw.Host(yGradient),
                convolution, algorithm.number(), new Raw.Host(workspace), workspaceBytes(), Scalars.zero(sum), filter,
                new Raw.Host(wGradient)), "cudnnConvolutionBackwardFilter");
    }

    private cudnnHandle use(ConvolutionPass wanted) {
        if (pass != wanted) {
            throw new IllegalStateException("a convolution made for " + pass + " is asked for " + wanted + ".");
        }
        return dnn.use();
    }

    private void check(int status, String call) {
        Dnn.check(status, call, () -> shape + ", " + algorithm);
    }

    @Override
    public void close() {
        descriptors.close();
    }
}
