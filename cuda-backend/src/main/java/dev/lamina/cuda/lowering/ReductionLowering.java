package dev.lamina.cuda.lowering;

import dev.lamina.graph.Node;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Set;

/** Folds of axes and positions of maxima: operands in whatever layout they have, results row-major. */
public final class ReductionLowering {
    private final Assembly assembly;

    /** Adds to this assembly. */
    public ReductionLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Adds the steps of a node. */
    public void lower(Node node) {
        switch ((Reduction) node.op()) {
            case Reduction.Reduce op -> fold(node, op.fold(), Set.copyOf(op.axes()));
            case Reduction.ArgMax op -> argMax(node, node.input(0).shape().axis(op.axis()));
        }
    }

    private void fold(Node node, Fold fold, Set<Integer> axes) {
        Shape shape = node.input(0).shape();
        Place x = assembly.any(node.input(0));
        Place y = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        fold(assembly, List.of(node.name()), fold, x, axes, y, Folding.rowMajor(shape.toArray(), axes));
    }

    /**
     * Adds the steps of a fold.
     *
     * @param nodes what they compute
     * @param axes the operand's axes that are folded
     * @param y float32 or of the operand's type in memory
     * @param written distances of results along the operand's other axes
     */
    static void fold(Assembly assembly, List<String> nodes, Fold fold, Place x, Set<Integer> axes, Place y, long[] written) {
        long count = axes.stream().mapToLong(axis -> x.layout().type().shape().dim(axis)).reduce(1, Math::multiplyExact);
        Folding.of(x.layout(), axes, y.layout().element(), written)
                .add(assembly, nodes, fold, x.buffer(), y.buffer(), fold == Fold.MEAN ? count : -1);
    }

    private void argMax(Node node, int axis) {
        Shape shape = node.input(0).shape();
        Place x = assembly.any(node.input(0));
        Set<Integer> axes = Set.of(axis);
        long[] written = Folding.rowMajor(shape.toArray(), axes);
        Folding folding = Folding.of(x.layout(), axes, DType.INT64, written);
        if (!folding.fits()) {
            x = assembly.in(node.input(0), Order.PLAIN, "operand of " + node.name());
            folding = Folding.of(x.layout(), axes, DType.INT64, written);
        }
        Place y = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        folding.addArgMax(assembly, List.of(node.name()), x.buffer(), y.buffer());
    }
}
