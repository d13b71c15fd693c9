package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.ConvolutionShape;
import dev.lamina.cuda.api.Dnn;
import dev.lamina.cuda.api.DnnPooling;
import dev.lamina.cuda.api.DnnPooling.Divisor;
import dev.lamina.cuda.api.PoolingShape;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling.AvgPool;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;

/** Average pooling by cuDNN, or by {@link AveragePoolKernels} where that does not take the window. Takes images in any layout. */
final class AveragePoolLowering {
    private final Assembly assembly;
    private final Dnn dnn;
    private final AveragePoolKernels kernels;

    /** A pooling and the layouts of its two sides. */
    private record Case(Window window, boolean countPadding, Layout input, Layout output) {
        Optional<String> obstacle() {
            if (!DnnLayouts.fits(input.type().shape()) || !DnnLayouts.fits(output.type().shape())) {
                return Optional.of("cuDNN counts no more than 2^31 - 1 elements, and takes no empty tensors");
            }
            if (input.element() == DType.BFLOAT16) {
                return Optional.of("cuDNN's average pooling of bfloat16 is not relied upon");
            }
            return fits(window.h(), 2) && fits(window.w(), 3) ? Optional.empty()
                    : Optional.of("cuDNN pads both ends alike, rounds down, knows no dilation and no window larger than the padded image");
        }

        /** Whether windows with the beginning's padding at both ends are the same, and so is what they are divided by. */
        private boolean fits(Window.Axis axis, int dimension) {
            long in = input.type().shape().dim(dimension);
            long out = output.type().shape().dim(dimension);
            long end = (out - 1) * axis.stride() + axis.span();
            boolean hangsOver = end > in + axis.padBegin() + axis.padEnd();
            boolean inside = axis.kernel() <= in + 2 * axis.padBegin();
            return axis.dilation() == 1 && inside && !(countPadding && hangsOver)
                    && ConvolutionShape.extent((int) in, (int) axis.padBegin(), 1, (int) axis.kernel(), (int) axis.stride()) == out;
        }

        PoolingShape shape() {
            Window.Axis h = window.h();
            Window.Axis w = window.w();
            return new PoolingShape(DnnLayouts.images(input), DnnLayouts.images(output), (int) h.kernel(), (int) w.kernel(),
                    (int) h.padBegin(), (int) w.padBegin(), (int) h.stride(), (int) w.stride());
        }
    }

    AveragePoolLowering(Assembly assembly, Toolbox tools) {
        this.assembly = assembly;
        this.dnn = tools.dnn();
        this.kernels = new AveragePoolKernels(assembly);
    }

    /** Adds the step of a pooling or its gradient. */
    void lower(Node node) {
        if (node.op() instanceof AvgPool op) {
            forward(node, op);
        } else {
            assembly.because("cuDNN's gradient asks for the images, which the graph's has not");
            kernels.lower(node);
        }
    }

    private void forward(Node node, AvgPool op) {
        Place x = assembly.any(node.input(0));
        Layout pooled = x.layout().like(node.output(0).type());
        Case c = new Case(op.window(), op.countIncludePad(), x.layout(), pooled);
        Optional<String> obstacle = c.obstacle();
        if (obstacle.isPresent()) {
            assembly.because(obstacle.get());
            kernels.lower(node);
            return;
        }
        Place y = assembly.define(node.output(0), pooled);
        DnnPooling pooling = assembly.own(new DnnPooling(dnn, c.shape(), c.countPadding ? Divisor.WINDOW : Divisor.INPUT));
        assembly.add(List.of(node.name()), "cuDNN average pooling", stream -> {
            dnn.stream(stream);
            pooling.forward(x.buffer().address(), y.buffer().address());
        }, List.of(x.buffer(), y.buffer()));
    }
}
