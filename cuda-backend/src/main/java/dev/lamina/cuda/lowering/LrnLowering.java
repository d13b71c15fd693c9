package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Dnn;
import dev.lamina.cuda.api.DnnLrn;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization.Lrn;
import dev.lamina.graph.Normalization.LrnGradient;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;

/** Local response normalisation by cuDNN, or by {@code lrn.cu} where that does not take the parameters. Takes images in any layout. */
final class LrnLowering {
    private static final String FAMILY = "lrn";

    private final Assembly assembly;
    private final Dnn dnn;

    LrnLowering(Assembly assembly, Toolbox tools) {
        this.assembly = assembly;
        this.dnn = tools.dnn();
    }

    /** Adds the steps of a normalisation or its gradient. */
    void lower(Node node) {
        if (node.op() instanceof Lrn op) {
            forward(node, op);
        } else {
            gradient(node, ((LrnGradient) node.op()).forward());
        }
    }

    private void forward(Node node, Lrn op) {
        Place x = assembly.any(node.input(0));
        Place y = assembly.define(node.output(0), x.layout());
        if (y.layout().bytes() == 0) {
            return;
        }
        Optional<String> obstacle = obstacle(op, x.layout());
        if (obstacle.isPresent()) {
            assembly.because(obstacle.get());
            parameters(call(node, x.layout(), "lrn_forward").pointer(x).pointer(y), op, x.layout()).add();
            return;
        }
        DnnLrn lrn = assembly.own(new DnnLrn(dnn, DnnLayouts.images(x.layout()), dnnParameters(op)));
        assembly.add(List.of(node.name()), "cuDNN lrn", stream -> {
            dnn.stream(stream);
            lrn.forward(x.buffer().address(), y.buffer().address());
        }, List.of(x.buffer(), y.buffer()));
    }

    private void gradient(Node node, Lrn op) {
        Place x = assembly.any(node.input(1));
        Layout layout = x.layout();
        Place g = assembly.in(node.input(0), layout, "gradient at " + node.name());
        Place to = assembly.define(node.output(0), layout);
        if (layout.bytes() == 0) {
            return;
        }
        Optional<String> obstacle = obstacle(op, layout);
        if (obstacle.isPresent()) {
            assembly.because(obstacle.get());
            ownGradient(node, op, g, x, to);
            return;
        }
        // cuDNN wants the forward result, which may be overwritten by now: it is made again.
        DnnLrn lrn = assembly.own(new DnnLrn(dnn, DnnLayouts.images(layout), dnnParameters(op)));
        Buffer y = assembly.buffer("result of " + node.name() + "'s normalisation", layout.bytes());
        assembly.add(List.of(node.name()), "cuDNN lrn gradient", stream -> {
            dnn.stream(stream);
            lrn.forward(x.buffer().address(), y.address());
            lrn.backward(y.address(), g.buffer().address(), x.buffer().address(), to.buffer().address());
        }, List.of(x.buffer(), g.buffer(), y, to.buffer()));
    }

    private void ownGradient(Node node, Lrn op, Place g, Place x, Place to) {
        Layout layout = x.layout();
        long bytes = layout.type().elements() * DnnLayouts.real(layout.element()).bytes();
        Buffer through = assembly.buffer("windows of " + node.name(), bytes);
        parameters(call(node, layout, "lrn_through").pointer(g).pointer(x).pointer(through), op, layout).add();
        parameters(call(node, layout, "lrn_gradient").pointer(g).pointer(x).pointer(through).pointer(to), op, layout).add();
    }

    private KernelCall call(Node node, Layout layout, String kernel) {
        return assembly.kernel(node, FAMILY, ElementDefine.of(layout.element()), kernel).over(layout.type().elements());
    }

    private static KernelCall parameters(KernelCall call, Lrn op, Layout layout) {
        call.int64s(layout.type().elements(), layout.type().shape().dim(1), DnnLayouts.inner(layout), op.size(), (op.size() - 1) / 2);
        for (double value : new double[] {op.factor(), op.beta(), op.k()}) {
            if (layout.element() == DType.FLOAT64) {
                call.float64(value);
            } else {
                call.float32(value);
            }
        }
        return call;
    }

    /** cuDNN divides by the window's size. */
    private static DnnLrn.Parameters dnnParameters(Lrn op) {
        return new DnnLrn.Parameters(op.size(), op.factor() * op.size(), op.beta(), op.k());
    }

    private static Optional<String> obstacle(Lrn op, Layout layout) {
        if (!dnnParameters(op).isLegal()) {
            return Optional.of("cuDNN takes windows of 1 to 16 channels, beta >= 0.01 and k >= 1e-5");
        }
        if (op.size() % 2 == 0) {
            return Optional.of("cuDNN does not say where an even window's gradient goes");
        }
        if (layout.element() == DType.BFLOAT16) {
            return Optional.of("cuDNN has no lrn of bfloat16");
        }
        return DnnLayouts.fits(layout.type().shape()) ? Optional.empty() : Optional.of("cuDNN counts no more than 2^31 - 1 elements");
    }
}
