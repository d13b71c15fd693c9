package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import java.util.Locale;

/**
 * A convolution as cuDNN knows it: a cross-correlation whose padding is the same at both ends of an axis, and whose output is as large as
 * rounding down gives.
 *
 * @param input images {@code [N, C, H, W]}
 * @param filter filters {@code [K, C / groups, R, S]}
 * @param output images {@code [N, K, P, Q]}
 * @param padH zeros above and below
 * @param padW zeros left and right
 * @param strideH rows between windows
 * @param strideW columns between windows
 * @param dilationH rows between taps
 * @param dilationW columns between taps
 * @param groups groups that channels and filters are split into
 * @param arithmetic how products are computed
 */
public record ConvolutionShape(ImageTensor input, FilterTensor filter, ImageTensor output, int padH, int padW, int strideH, int strideW,
        int dilationH, int dilationW, int groups, Arithmetic arithmetic) {

    /** Checks that the extents fit each other. */
    public ConvolutionShape {
        require(input.n() == output.n(), "%d input images, %d output images", input.n(), output.n());
        require(groups >= 1 && input.c() == filter.c() * groups, "%d channels, filters see %d in each of %d groups",
                input.c(), filter.c(), groups);
        require(output.c() == filter.k() && filter.k() % groups == 0, "%d filters in %d groups, %d output channels",
                filter.k(), groups, output.c());
        require(output.h() == extent(input.h(), padH, dilationH, filter.r(), strideH), "output has %d rows, windows give %d",
                output.h(), extent(input.h(), padH, dilationH, filter.r(), strideH));
        require(output.w() == extent(input.w(), padW, dilationW, filter.s(), strideW), "output has %d columns, windows give %d",
                output.w(), extent(input.w(), padW, dilationW, filter.s(), strideW));
        DType operand = arithmetic.operand();
        require(input.type() == operand && filter.type() == operand && output.type() == operand,
                "%s takes tensors of %s; input %s, filter %s, output %s", arithmetic, operand, input, filter, output);
    }

    /** Windows along an axis, rounding down; less than 1 if the padded axis is shorter than a window. */
    public static int extent(int extent, int pad, int dilation, int taps, int stride) {
        return Math.floorDiv(extent + 2 * pad - (dilation * (taps - 1) + 1), stride) + 1;
    }

    private static void require(boolean holds, String message, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException("convolution: " + String.format(Locale.ROOT, message, arguments) + ".");
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s * %s -> %s, pad %dx%d, stride %dx%d, dilation %dx%d, groups %d, %s",
                input, filter, output, padH, padW, strideH, strideW, dilationH, dilationW, groups, arithmetic);
    }
}
