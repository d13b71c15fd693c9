package dev.lamina.cuda.lowering;

import dev.lamina.graph.DtPool;
import dev.lamina.graph.Node;
import dev.lamina.tensor.Shape;

/** Distance-transform pooling by {@code distance_transform.cu}, row-major. */
final class DistanceTransformLowering {
    private static final String[] COSTS = {"a_x", "b_x", "a_y", "b_y"};

    private final Assembly assembly;

    DistanceTransformLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Adds the steps of a node. */
    void lower(DtPool op, Node node) {
        Place scores = assembly.plain(node.input(0), "scores of " + node.name());
        Place costs = assembly.plain(node.input(1), "costs of " + node.name());
        Place results = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        Place winners = assembly.define(node.output(1), Layout.plain(node.output(1).type()));
        Shape shape = node.input(0).shape();
        long all = shape.elements();
        if (all == 0) {
            return;
        }
        long channels = shape.dim(1);
        long longest = Math.max(shape.dim(2), shape.dim(3));
        long radius = op.unbounded() ? -1 : Math.min(op.radius(), longest);
        Buffer wide = assembly.buffer("scores of " + node.name() + " in float64", all * Double.BYTES);
        Buffer middle = assembly.buffer("columns of " + node.name(), all * Double.BYTES);
        Buffer rows = assembly.buffer("rows of the winners in columns of " + node.name(), all * Integer.BYTES);
        kernel(node, "dt_pool_check").over(all).pointer(scores).pointer(costs).pointer(wide).pointer(assembly.faults().buffer())
                .int32(scoreSlot(node, all)).int32(costSlot(node, channels)).int64s(all, channels).int32(op.unbounded() ? 1 : 0)
                .float64(DtPool.LEAST_CURVATURE).add();
        kernel(node, "dt_pool_columns").over(all).pointer(wide).pointer(costs).pointer(middle).pointer(rows).int64s(all, channels)
                .int32(shape.dim(2)).int32(shape.dim(3)).int32(radius).add();
        kernel(node, "dt_pool_rows").over(all).pointer(middle).pointer(rows).pointer(costs).pointer(results).pointer(winners)
                .int64s(all, channels).int32(shape.dim(2)).int32(shape.dim(3)).int32(radius).add();
    }

    private KernelCall kernel(Node node, String name) {
        return assembly.kernel(node, "distance_transform", ElementDefine.of(node.input(0).dtype()), name);
    }

    private int scoreSlot(Node node, long count) {
        String name = node.toString();
        return assembly.faults().slot(count, (position, bits) -> name + ": score " + Float.intBitsToFloat(bits) + " at position " + position
                + ", needs finite numbers or -Infinity.");
    }

    private int costSlot(Node node, long channels) {
        String name = node.toString();
        return assembly.faults().slot(channels * COSTS.length, (position, bits) -> {
            float cost = Float.intBitsToFloat(bits);
            String what = name + ": " + COSTS[(int) (position % COSTS.length)] + " = " + cost + " of map " + position / COSTS.length;
            return Float.isFinite(cost) ? what + ", needs >= " + DtPool.LEAST_CURVATURE
                    + " (the maximum would lie at the border). Raise it, or give a radius." : what + ", needs a finite number.";
        });
    }
}
