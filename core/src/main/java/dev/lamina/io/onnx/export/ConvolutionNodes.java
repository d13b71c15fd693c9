package dev.lamina.io.onnx.export;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Node;
import dev.lamina.graph.Window;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.HashMap;
import java.util.Map;

/** Convolutions. */
final class ConvolutionNodes {
    private ConvolutionNodes() { }

    static void add(Emitter to, Node node, Convolution op) {
        if (node.input(0).dtype() == DType.BFLOAT16) {
            throw Emitter.refused(node, "ONNX's convolutions take no bfloat16 in operator set " + OnnxExport.OPERATORS
                    + ". Export a float32 graph.");
        }
        switch (op) {
            case Convolution.Conv2d(Window window, long groups) -> {
                Shape x = node.input(0).shape();
                Shape y = node.output(0).shape();
                Map<String, OnnxAttribute> attributes = Windows.attributes(window);
                // Windows that hang over the end under CEIL see zeros there, as padding does.
                attributes.put("pads", Windows.pads(window, Windows.endPad(window.h(), x.dim(2), y.dim(2)),
                        Windows.endPad(window.w(), x.dim(3), y.dim(3))));
                attributes.put("dilations", Emitter.integers(window.h().dilation(), window.w().dilation()));
                attributes.put("group", Emitter.integer(groups));
                to.add(node, "Conv", to.inputs(node), attributes);
            }
            case Convolution.Conv2dDataGradient gradient -> transposed(to, node, gradient);
            case Convolution.Conv2dFilterGradient _ -> throw Emitter.refused(node, "ONNX has no operator for a filter's gradient. Build "
                    + "the graph for inference.");
        }
    }

    /** Both call it the transposed convolution, with filters {@code [K, C / groups, R, S]}. */
    private static void transposed(Emitter to, Node node, Convolution.Conv2dDataGradient op) {
        Window window = op.window();
        Shape x = node.input(0).shape();
        Shape y = node.output(0).shape();
        long[] extra = {extra(window.h(), x.dim(2), y.dim(2)), extra(window.w(), x.dim(3), y.dim(3))};
        Window.Axis[] axes = {window.h(), window.w()};
        for (int a = 0; a < 2; a++) {
            if (extra[a] >= Math.max(axes[a].stride(), axes[a].dilation())) {
                throw Emitter.refused(node, "axis " + (a + 2) + " needs output_padding " + extra[a] + ", ONNX takes 0 to "
                        + (Math.max(axes[a].stride(), axes[a].dilation()) - 1) + ".");
            }
        }
        Map<String, OnnxAttribute> attributes = new HashMap<>(Windows.attributes(window));
        // What is too much at the end, as under CEIL, is cut off there by padding.
        attributes.put("pads", Windows.pads(window, window.h().padEnd() + Math.max(0, -extra[0]),
                window.w().padEnd() + Math.max(0, -extra[1])));
        attributes.put("dilations", Emitter.integers(window.h().dilation(), window.w().dilation()));
        attributes.put("group", Emitter.integer(op.groups()));
        attributes.put("output_padding", Emitter.integers(Math.max(0, extra[0]), Math.max(0, extra[1])));
        to.add(node, "ConvTranspose", to.inputs(node), attributes);
    }

    private static long extra(Window.Axis axis, long in, long out) {
        return out - ((in - 1) * axis.stride() + axis.span() - axis.padBegin() - axis.padEnd());
    }
}
