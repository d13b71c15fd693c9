package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.ops.Windows.Span;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Pooling. */
final class PoolingOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("AveragePool", Operator.single(PoolingOperators::averagePool)),
            entry("GlobalAveragePool", Operator.single(PoolingOperators::globalAverage)),
            entry("GlobalLpPool", Operator.single(PoolingOperators::globalLp)),
            entry("GlobalMaxPool", Operator.single(call -> Reduction.reduce(Fold.MAX, call.value(0), true, spatial(call)))),
            entry("LpPool", Operator.single(PoolingOperators::lpPool)),
            entry("MaxPool", PoolingOperators::maxPool),
            entry("MaxUnpool", Operator.single(PoolingOperators::maxUnpool)));

    private PoolingOperators() { }

    private static List<Span> spans(Call call) {
        return Windows.of(call, call.integers("kernel_shape").orElseThrow(() -> call.error("kernel_shape is missing.")), call.shape(0));
    }

    private static boolean ceil(Call call) {
        return call.integer("ceil_mode", 0) != 0;
    }

    private static int[] spatial(Call call) {
        int rank = call.shape(0).rank();
        call.require(rank >= 3, "input has shape %s, needs [N, C, ...].", call.shape(0));
        return IntStream.range(2, rank).toArray();
    }

    private static List<Operand> maxPool(Call call) {
        List<Span> spans = spans(call);
        Value x = call.value(0);
        if (!call.wants(1)) {
            // Both types hold all numbers of the other.
            DType wide = x.dtype().isFloating() ? x.dtype() : x.dtype() == DType.UINT8 ? DType.FLOAT32 : DType.FLOAT64;
            Value pooled = Planes.pool(Pointwise.cast(x, wide), spans, (map, h, w) -> Planes.max(call, map, h, w, ceil(call)).output(0));
            return List.of(Operand.of(Pointwise.cast(pooled, x.dtype())));
        }
        int rank = x.shape().rank();
        call.require(rank <= 4, "input has shape %s; Lamina gives indices along one or two axes only. Leave the output Indices out.",
                x.shape());
        call.require(x.dtype().isFloating(), "input is %s; Lamina gives indices of floating-point maps only. Cast the input.", x.dtype());
        Value images = Windows.images(x);
        Span h = rank == 3 ? Span.UNIT : spans.getFirst();
        dev.lamina.graph.Node node = Planes.max(call, images, h, spans.getLast(), ceil(call));
        Value indices = PoolIndices.global(node, images.shape(), h, spans.getLast(), call.integer("storage_order", 0) != 0);
        return List.of(Operand.of(Windows.back(node.output(0), rank)), Operand.of(Windows.back(indices, rank)));
    }

    private static Value averagePool(Call call) {
        Planes.Divisor divisor = call.integer("count_include_pad", 0) != 0 ? Planes.Divisor.PADDED : Planes.Divisor.COVERED;
        return Planes.pool(call.value(0), spans(call), (map, h, w) -> Planes.mean(call, map, h, w, ceil(call), divisor));
    }

    /** {@code (Σ |x|^p)^(1/p)} over each window. */
    private static Value lpPool(Call call) {
        double p = order(call);
        List<Span> spans = spans(call);
        double taps = spans.stream().mapToDouble(Span::kernel).reduce(1, (a, b) -> a * b);
        Value mean = Planes.pool(raised(call.value(0), p), spans,
                (map, h, w) -> Planes.mean(call, map, h, w, ceil(call), Planes.Divisor.KERNEL));
        return root(mean.times(taps), p);
    }

    private static Value globalAverage(Call call) {
        int[] axes = spatial(call);
        return axes.length == 2 ? Pooling.globalAvgPool(call.value(0)) : Reduction.reduce(Fold.MEAN, call.value(0), true, axes);
    }

    private static Value globalLp(Call call) {
        double p = order(call);
        return root(Reduction.sumKeepDims(raised(call.value(0), p), spatial(call)), p);
    }

    /** The norm's order, a number in the first version and a whole one since. */
    private static double order(Call call) {
        double p = call.node().attributes().get("p") instanceof OnnxAttribute.Number(float value) ? value : call.integer("p", 2);
        call.require(p > 0, "p is %s, needs > 0.", p);
        return p;
    }

    static Value raised(Value x, double p) {
        return p == 2 ? Pointwise.square(x) : p == 1 ? Pointwise.abs(x) : Pointwise.pow(Pointwise.abs(x), Source.scalarLike(x, p));
    }

    static Value root(Value x, double p) {
        return p == 2 ? Pointwise.sqrt(x) : p == 1 ? x : Pointwise.pow(x, Source.scalarLike(x, 1 / p));
    }

    /** Values to where their positions in the whole result say, then zeros up to {@code output_shape}. */
    private static Value maxUnpool(Call call) {
        List<Span> spans = spans(call);
        Value x = call.value(0);
        int rank = x.shape().rank();
        call.require(rank <= 4, "input has shape %s, needs [N, C, W] or [N, C, H, W].", x.shape());
        call.require(call.shape(1).equals(x.shape()), "indices have shape %s, needs that of the input, %s.", call.shape(1), x.shape());
        Value images = Windows.images(x);
        long[] dims = images.shape().toArray();
        List<Span> plane = rank == 3 ? List.of(Span.UNIT, spans.getFirst()) : spans;
        for (int a = 0; a < 2; a++) {
            Span span = plane.get(a);
            dims[a + 2] = (dims[a + 2] - 1) * span.stride() + span.reach() - span.begin() - span.end();
        }
        Value winners = PoolIndices.local(Windows.images(call.value(1)), Shape.of(dims));
        Value y = Windows.back(Pooling.maxUnpool(images, winners, dims[2], dims[3]), rank);
        if (!call.has(2)) {
            return y;
        }
        long[] wanted = call.integers(2, "output_shape");
        call.require(wanted.length == rank && IntStream.range(0, rank).allMatch(a -> wanted[a] >= y.shape().dim(a) && (a > 1
                || wanted[a] == y.shape().dim(a))), "output_shape is %s, needs at least %s and the same first two extents.",
                Arrays.toString(wanted), y.shape());
        List<Long> after = IntStream.range(0, rank).mapToObj(a -> wanted[a] - y.shape().dim(a)).toList();
        return Shaping.pad(y, java.util.Collections.nCopies(rank, 0L), after, 0);
    }
}
