package dev.lamina.io.onnx.export;

import dev.lamina.graph.Node;
import dev.lamina.graph.Reduction;
import dev.lamina.io.onnx.OnnxAttribute;
import java.util.List;
import java.util.Map;

/** Reductions. */
final class ReductionNodes {
    private ReductionNodes() { }

    static void add(Emitter to, Node node, Reduction op) {
        switch (op) {
            case Reduction.Reduce reduce -> reduce(to, node, reduce);
            case Reduction.ArgMax(int axis, boolean keepDims) -> to.add(node, "ArgMax", to.inputs(node),
                    Map.of("axis", Emitter.integer(axis), "keepdims", Emitter.flag(keepDims)));
        }
    }

    /** In operator set 17 the axes of a sum are an operand, those of the others an attribute; without axes all would be folded. */
    private static void reduce(Emitter to, Node node, Reduction.Reduce op) {
        long[] axes = op.axes().stream().mapToLong(Integer::longValue).toArray();
        OnnxAttribute keep = Emitter.flag(op.keepDims());
        if (axes.length == 0) {
            to.add(node, "Identity", to.inputs(node), Map.of());
            return;
        }
        String type = switch (op.fold()) {
            case SUM -> "ReduceSum";
            case MEAN -> "ReduceMean";
            case MAX -> "ReduceMax";
            case MIN -> "ReduceMin";
        };
        if (op.fold() == Reduction.Fold.SUM) {
            to.add(node, type, List.of(to.input(node, 0), to.longs(node, "axes", axes)), Map.of("keepdims", keep));
        } else {
            to.add(node, type, to.inputs(node), Map.of("axes", Emitter.integers(axes), "keepdims", keep));
        }
    }
}
