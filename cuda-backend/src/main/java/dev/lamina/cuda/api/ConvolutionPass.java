package dev.lamina.cuda.api;

/** What of a convolution is computed. */
public enum ConvolutionPass {
    /** Output from input and filter. */
    FORWARD,
    /** The same with a bias added. */
    FORWARD_BIAS,
    /** The same with a bias added and negative results set to 0. */
    FORWARD_BIAS_RELU,
    /** The same with another tensor added before that. */
    FORWARD_BIAS_SUM_RELU,
    /** Gradient by the input from that by the output, and the filter. */
    DATA_GRADIENT,
    /** Gradient by the filter from the input and the gradient by the output. */
    FILTER_GRADIENT
}
