package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Dnn;
import dev.lamina.cuda.api.DnnSoftmax;
import dev.lamina.cuda.api.DnnSoftmax.Result;
import dev.lamina.cuda.api.ImageTensor;
import dev.lamina.graph.Node;
import dev.lamina.graph.Softmax;
import dev.lamina.tensor.Shape;
import java.util.List;

/** Softmax and its logarithm by cuDNN, which sees {@code [before the axis, axis, behind the axis, 1]} in row-major order. */
final class SoftmaxLowering {
    private final Assembly assembly;
    private final Dnn dnn;

    SoftmaxLowering(Assembly assembly, Toolbox tools) {
        this.assembly = assembly;
        this.dnn = tools.dnn();
    }

    /** Adds the step of a node. */
    void lower(Node node) {
        Softmax op = (Softmax) node.op();
        Place x = assembly.plain(node.input(0), "input of " + node.name());
        Place y = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        if (y.layout().bytes() == 0) {
            return;
        }
        Result result = switch (op) {
            case Softmax.Probabilities _ -> Result.PROBABILITIES;
            case Softmax.LogProbabilities _ -> Result.LOGARITHMS;
        };
        DnnSoftmax softmax = assembly.own(new DnnSoftmax(dnn, images(node, op.axis()), result));
        assembly.add(List.of(node.name()), "cuDNN softmax", stream -> {
            dnn.stream(stream);
            softmax.forward(x.buffer().address(), y.buffer().address());
        }, List.of(x.buffer(), y.buffer()));
    }

    private static ImageTensor images(Node node, int axis) {
        Shape shape = node.input(0).shape();
        long n = shape.dim(axis);
        long inner = 1;
        for (int i = shape.axis(axis) + 1; i < shape.rank(); i++) {
            inner *= shape.dim(i);
        }
        return ImageTensor.channelsFirst(node.input(0).dtype(), shape.elements() / (n * inner), n, inner, 1);
    }
}
