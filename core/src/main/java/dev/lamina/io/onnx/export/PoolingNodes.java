package dev.lamina.io.onnx.export;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Window;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** Pooling. */
final class PoolingNodes {
    private static final String GRADIENT = "it belongs to gradients, which ONNX has no operator for. Build the graph for inference.";

    private PoolingNodes() { }

    static void add(Emitter to, Node node, Pooling op) {
        if (node.input(0).dtype() == DType.BFLOAT16) {
            throw Emitter.refused(node, "ONNX's pooling takes no bfloat16 in operator set " + OnnxExport.OPERATORS
                    + ". Export a float32 graph.");
        }
        switch (op) {
            case Pooling.MaxPool(Window window) -> maxPool(to, node, window);
            case Pooling.AvgPool(Window window, boolean countIncludePad) -> avgPool(to, node, window, countIncludePad);
            case Pooling.AdaptiveAvgPool(long height, long width) -> adaptive(to, node, height, width);
            case Pooling.MaxPoolGradient _, Pooling.AvgPoolGradient _, Pooling.AdaptiveAvgPoolGradient _ ->
                throw Emitter.refused(node, GRADIENT);
            case Pooling.MaxUnpool _, Pooling.PoolGather _ -> throw Emitter.refused(node, "ONNX numbers winners by their place among all "
                    + "images, Lamina by that in the map; there is no operator for the latter.");
        }
    }

    private static void maxPool(Emitter to, Node node, Window window) {
        if (to.isUsed(node.output(1))) {
            throw Emitter.refused(node, "its winners are needed, which ONNX numbers by their place among all images, Lamina by that in the "
                    + "map.");
        }
        Map<String, OnnxAttribute> attributes = windows(node, window);
        attributes.put("dilations", Emitter.integers(window.h().dilation(), window.w().dilation()));
        long[] pads = endPads(node, window);
        if (pads[0] >= window.h().kernel() || pads[1] >= window.w().kernel()) {
            throw Emitter.refused(node, "its last dilated window hangs over the end by " + Math.max(pads[0], pads[1]) + ", ONNX pads by "
                    + "less than the kernel " + window.h().kernel() + " x " + window.w().kernel() + ". Use rounding FLOOR.");
        }
        to.add(node, "MaxPool", to.inputs(node), attributes);
    }

    private static long[] endPads(Node node, Window window) {
        Shape x = node.input(0).shape();
        Shape y = node.output(0).shape();
        return new long[] {Windows.endPad(window.h(), x.dim(2), y.dim(2)), Windows.endPad(window.w(), x.dim(3), y.dim(3))};
    }

    private static Map<String, OnnxAttribute> windows(Node node, Window window) {
        long[] ends = endPads(node, window);
        Map<String, OnnxAttribute> attributes = Windows.attributes(window);
        attributes.put("pads", Windows.pads(window, ends[0], ends[1]));
        return attributes;
    }

    /** What hangs over the padded end counts in no divisor; where padding does count, it is put there as zeros before. */
    private static void avgPool(Emitter to, Node node, Window window, boolean countIncludePad) {
        if (window.h().dilation() != 1 || window.w().dilation() != 1) {
            throw Emitter.refused(node, "dilation is " + window.h().dilation() + " x " + window.w().dilation()
                    + ", AveragePool has none in operator set " + OnnxExport.OPERATORS + ".");
        }
        Map<String, OnnxAttribute> attributes = windows(node, window);
        long[] ends = endPads(node, window);
        boolean overhang = ends[0] > window.h().padEnd() || ends[1] > window.w().padEnd();
        boolean padded = window.h().padBegin() + window.h().padEnd() + window.w().padBegin() + window.w().padEnd() > 0;
        String x = to.input(node, 0);
        if (countIncludePad && padded && overhang) {
            x = to.part(node, "padded", "Pad", List.of(x, to.longs(node, "pads", 0, 0, window.h().padBegin(), window.w().padBegin(), 0, 0,
                    window.h().padEnd(), window.w().padEnd())), Map.of());
            attributes.put("pads", Emitter.integers(0, 0, Math.max(0, ends[0] - window.h().padEnd()),
                    Math.max(0, ends[1] - window.w().padEnd())));
        }
        attributes.put("count_include_pad", Emitter.flag(countIncludePad && padded && !overhang));
        to.add(node, "AveragePool", List.of(x), attributes);
    }

    /** Bins of equal size are windows; others are averaged by two products with matrices of weights. */
    private static void adaptive(Emitter to, Node node, long height, long width) {
        Shape x = node.input(0).shape();
        if (height == 1 && width == 1) {
            to.add(node, "GlobalAveragePool", to.inputs(node), Map.of());
        } else if (x.dim(2) % height == 0 && x.dim(3) % width == 0) {
            long[] bin = {x.dim(2) / height, x.dim(3) / width};
            to.add(node, "AveragePool", to.inputs(node), Map.of("kernel_shape", Emitter.integers(bin), "strides", Emitter.integers(bin)));
        } else {
            Tensor rows = bins(x.dim(2), height);
            Tensor columns = bins(x.dim(3), width).transpose(1, 0);
            DType dtype = node.output(0).dtype();
            String byRows = to.part(node, "rows", "MatMul",
                    List.of(to.constant(node, "rowBins", rows.cast(dtype)), to.input(node, 0)), Map.of());
            to.add(node, "MatMul", List.of(byRows, to.constant(node, "columnBins", columns.cast(dtype))), Map.of());
        }
    }

    /** {@code [bins, extent]}: the weight of each element in each bin. */
    private static Tensor bins(long extent, long bins) {
        Tensor weights = Tensor.zeros(DType.FLOAT64, Shape.of(bins, extent));
        for (long bin = 0; bin < bins; bin++) {
            long from = bin * extent / bins;
            long to = Math.ceilDiv((bin + 1) * extent, bins);
            for (long i = from; i < to; i++) {
                weights.set(1.0 / (to - from), bin, i);
            }
        }
        return weights;
    }
}
