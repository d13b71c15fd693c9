package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.ReductionKernels;
import dev.lamina.graph.Node;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.ArgMax;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Reduction.Reduce;
import dev.lamina.graph.Value;
import java.util.List;

/** Folds of float32 values by vector kernels, in the layout that the operand has where the result comes out row-major. */
final class ReductionLowering {
    private final Assembly assembly;

    ReductionLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** True if a vector kernel takes the node: float32 and not empty. */
    static boolean supports(Node node) {
        return node.op() instanceof Reduction && Precision.isFloat32(node.input(0).type()) && node.input(0).type().elements() > 0;
    }

    /** Adds the step of a fold. */
    void lower(Reduction reduction, Node node) {
        switch (reduction) {
            case Reduce op -> fold(op, node);
            case ArgMax op -> argMax(op, node);
        }
    }

    private void fold(Reduce op, Node node) {
        Place own = assembly.any(node.input(0));
        Place x = canFold(op, own.layout(), node.input(0)) ? own : assembly.plain(node.input(0), "operand of " + node.name());
        Physical space = Physical.of(x.layout().isPlain() ? Layout.plain(node.input(0).type()) : x.layout());
        boolean[] folded = new boolean[space.dims().length];
        for (int i = 0; i < folded.length; i++) {
            folded[i] = op.axes().contains(space.axes()[i]);
        }
        Place y = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        add(node, ReductionKernels.reduce(assembly.team(), op.fold(), space.dims(), space.strides(), folded, x.pointer(), y.pointer()),
                x, y);
    }

    /** True if what is left after folding lies row-major, and the padding, which is zero, changes nothing. */
    private static boolean canFold(Reduce op, Layout layout, Value input) {
        if (layout.dims().length != input.shape().rank()) {
            return false;
        }
        int[] blockAxes = layout.blockAxes();
        if (blockAxes.length > 1) {
            return false;
        }
        for (int axis : blockAxes) {
            boolean folded = op.axes().contains(axis);
            // Left axes after the blocked one would come before its blocks.
            for (int later = axis + 1; later < input.shape().rank() && !folded; later++) {
                if (!op.axes().contains(later) && input.shape().dim(later) > 1) {
                    return false;
                }
            }
        }
        return !layout.hasPadding() || op.fold() == Fold.SUM && op.axes().contains(blockAxes[0]);
    }

    private void argMax(ArgMax op, Node node) {
        Place x = assembly.plain(node.input(0), "operand of " + node.name());
        long outer = 1;
        long inner = 1;
        for (int axis = 0; axis < node.input(0).shape().rank(); axis++) {
            outer *= axis < op.axis() ? node.input(0).shape().dim(axis) : 1;
            inner *= axis > op.axis() ? node.input(0).shape().dim(axis) : 1;
        }
        Place y = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        add(node, ReductionKernels.argMax(assembly.team(), outer, node.input(0).shape().dim(op.axis()), inner, x.pointer(), y.pointer()),
                x, y);
    }

    private void add(Node node, Kernel kernel, Place x, Place y) {
        assembly.add(List.of(node.name()), "vector " + node.op().name(), kernel, List.of(x.buffer(), y.buffer()));
    }
}
