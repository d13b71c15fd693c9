package dev.lamina.cuda.api;

/**
 * A pooling as cuDNN knows it: padding the same at both ends of an axis, no dilation.
 *
 * @param input images {@code [N, C, H, W]}
 * @param output images {@code [N, C, P, Q]}, as large as rounding down gives
 * @param kernelH rows of a window
 * @param kernelW columns of a window
 * @param padH padding above and below
 * @param padW padding left and right
 * @param strideH rows between windows
 * @param strideW columns between windows
 */
public record PoolingShape(ImageTensor input, ImageTensor output, int kernelH, int kernelW, int padH, int padW, int strideH, int strideW) {

    /** Checks that the extents fit each other. */
    public PoolingShape {
        int p = ConvolutionShape.extent(input.h(), padH, 1, kernelH, strideH);
        int q = ConvolutionShape.extent(input.w(), padW, 1, kernelW, strideW);
        if (input.n() != output.n() || input.c() != output.c() || output.h() != p || output.w() != q || input.type() != output.type()) {
            throw new IllegalArgumentException("pooling: input %s and windows give %d x %d, output is %s.".formatted(input, p, q, output));
        }
    }
}
