package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Arithmetic;
import dev.lamina.cuda.api.ConvolutionShape;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Optional;

/**
 * A convolution of the graph with the layout it is to be computed in.
 *
 * <p>cuDNN pads both ends of an axis alike, and rounds extents down. That is enough where the beginning's padding, put at the end as well,
 * gives the output's extent: what lies behind the last window is of no weight. Else images are padded, or cropped, to just the extent that
 * the windows cover, and cuDNN pads nothing. (A larger padding at both ends and a crop of the output would compute windows in vain, and is
 * right only where the difference is a multiple of the stride.)
 *
 * @param op window and groups
 * @param input {@code [N, C, H, W]}
 * @param filter {@code [K, C / groups, R, S]}
 * @param output {@code [N, K, P, Q]}
 * @param element type in memory
 * @param order order of axes, of images and filters alike
 * @param arithmetic how products are computed
 */
record ConvolutionCase(Convolution op, Shape input, Shape filter, Shape output, DType element, Order order, Arithmetic arithmetic) {

    /** True if images must be brought to the extent that the windows cover. */
    boolean isShifted() {
        return !isSymmetric(op.window().h(), input.dim(2), output.dim(2)) || !isSymmetric(op.window().w(), input.dim(3), output.dim(3));
    }

    private static boolean isSymmetric(Window.Axis axis, long in, long out) {
        long travel = in + 2 * axis.padBegin() - axis.span();
        return travel >= 0 && travel / axis.stride() + 1 == out;
    }

    /** The images that cuDNN sees in place of the input. */
    Shape shifted() {
        if (!isShifted()) {
            return input;
        }
        return input.with(2, covered(op.window().h(), output.dim(2))).with(3, covered(op.window().w(), output.dim(3)));
    }

    private static long covered(Window.Axis axis, long windows) {
        return (windows - 1) * axis.stride() + axis.span();
    }

    /** Why cuDNN is not asked, if so. */
    Optional<String> obstacle() {
        if (input.elements() == 0 || filter.elements() == 0 || output.elements() == 0) {
            return Optional.of("cuDNN takes no empty tensors");
        }
        if (!DnnLayouts.fits(shifted()) || !DnnLayouts.fits(filter) || !DnnLayouts.fits(output)) {
            return Optional.of("cuDNN counts no more than 2^31 - 1 elements");
        }
        return Optional.empty();
    }

    /** The convolution in cuDNN's terms, if nothing is in the way. */
    ConvolutionShape shape() {
        Window.Axis h = op.window().h();
        Window.Axis w = op.window().w();
        boolean shifted = isShifted();
        return new ConvolutionShape(DnnLayouts.images(shifted(), element, order), DnnLayouts.filters(filter, element, order),
                DnnLayouts.images(output, element, order), shifted ? 0 : (int) h.padBegin(), shifted ? 0 : (int) w.padBegin(),
                (int) h.stride(), (int) w.stride(), (int) h.dilation(), (int) w.dilation(), (int) op.groups(), arithmetic);
    }

    /** The same in row-major order. */
    ConvolutionCase plain() {
        return new ConvolutionCase(op, input, filter, output, element, Order.PLAIN, arithmetic);
    }
}
