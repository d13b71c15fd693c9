package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Pooling;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.util.Map;

/** Pooling. */
final class PoolingOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("MaxPool", Operator.single(PoolingOperators::maxPool)),
            entry("AveragePool", Operator.single(PoolingOperators::averagePool)),
            entry("GlobalAveragePool", Operator.single(call -> dev.lamina.graph.Reduction.reduce(
                    dev.lamina.graph.Reduction.Fold.MEAN, call.value(0), true, spatial(call)))));

    private PoolingOperators() { }

    private static Window window(Call call) {
        return Windows.of(call, call.integers("kernel_shape").orElseThrow(() -> call.error("kernel_shape is missing.")), call.shape(0));
    }

    private static Value maxPool(Call call) {
        return Pooling.maxPool(call.value(0), window(call));
    }

    private static Value averagePool(Call call) {
        Window window = window(call);
        return call.integer("count_include_pad", 0) != 0 ? Pooling.avgPool(call.value(0), window)
                : Pooling.avgPoolExcludingPad(call.value(0), window);
    }

    private static int[] spatial(Call call) {
        int rank = call.shape(0).rank();
        call.require(rank >= 3, "input has shape %s, needs [N, C, ...].", call.shape(0));
        return java.util.stream.IntStream.range(2, rank).toArray();
    }
}
