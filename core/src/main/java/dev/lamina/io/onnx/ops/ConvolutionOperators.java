package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.Map;

/** Convolutions. */
final class ConvolutionOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Conv", Operator.single(ConvolutionOperators::conv)));

    private ConvolutionOperators() { }

    private static Value conv(Call call) {
        Shape filter = call.shape(1);
        call.require(filter.rank() == 4, "filter has shape %s, needs [K, C / groups, R, S].", filter);
        long[] kernel = call.integers("kernel_shape").orElse(new long[] {filter.dim(2), filter.dim(3)});
        Window window = Windows.of(call, kernel, call.shape(0));
        long groups = call.integer("group", 1);
        return call.has(2) ? Convolution.conv2d(call.value(0), call.value(1), call.value(2), window, groups)
                : Convolution.conv2d(call.value(0), call.value(1), window, groups);
    }
}
