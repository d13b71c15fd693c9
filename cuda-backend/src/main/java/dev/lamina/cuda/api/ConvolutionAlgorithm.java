package dev.lamina.cuda.api;

/**
 * One of cuDNN's ways to compute a pass of a convolution.
 *
 * @param number cuDNN's number of it, within the pass
 * @param mathType cuDNN's number of the arithmetic that goes with it
 * @param workspaceBytes memory it needs while it runs
 * @param deterministic whether it gives the same bits every time
 * @param milliseconds measured time; 0 or less where the choice was not measured
 */
public record ConvolutionAlgorithm(int number, int mathType, long workspaceBytes, boolean deterministic, float milliseconds) {
}
