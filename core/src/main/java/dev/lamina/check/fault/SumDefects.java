package dev.lamina.check.fault;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.Optional;
import java.util.stream.IntStream;

/** Sums that leave terms out. */
final class SumDefects {
    private SumDefects() { }

    /**
     * Part of an operand whose products or elements are terms of each sum.
     *
     * @param operand which
     * @param axis along which terms are summed
     * @param kept how many positions of that axis are summed
     */
    private record Cut(int operand, int axis, long kept) {
    }

    /** The last eighth of the terms, at least one, counts as zeros: what a loop over whole blocks forgets. */
    static Defect truncatedSum() {
        return Defect.of("a result that sums two terms or more: a product, convolution, sum, mean or the gradient of gather",
                (node, _) -> node.output(0).shape().elements() > 0 && cut(node).isPresent(), site -> {
                    site.builder();
                    Cut cut = cut(site.node()).orElseThrow();
                    return site.with(cut.operand, Elements.zeroedFrom(site.operands().get(cut.operand), cut.axis, cut.kept));
                });
    }

    private static Optional<Cut> cut(Node node) {
        return switch (node.op()) {
            case MatMul op -> first(node, 0, node.input(0).shape().rank() - (op.transposeA() ? 2 : 1));
            // Channels of a group, else columns and rows of the filter.
            case Convolution.Conv2d _ -> first(node, 1, 1, 3, 2);
            case Convolution.Conv2dDataGradient op -> op.groups() == 1 ? first(node, 1, 0, 3, 2) : first(node, 1, 3, 2);
            case Convolution.Conv2dFilterGradient _ -> first(node, 1, 0, 2, 3);
            case Reduction.Reduce op when op.fold() == Fold.SUM || op.fold() == Fold.MEAN ->
                first(node, 0, op.axes().reversed().stream().mapToInt(Integer::intValue).toArray());
            case Shaping.GatherGradient op -> node.input(1).shape().rank() == 0 ? Optional.empty()
                    : first(node, 0, op.axis() + node.input(1).shape().rank() - 1);
            default -> Optional.empty();
        };
    }

    /** The first of these axes that has two elements or more. */
    private static Optional<Cut> first(Node node, int operand, int... axes) {
        Shape shape = node.input(operand).shape();
        return IntStream.of(axes).filter(axis -> shape.dim(axis) > 1).mapToObj(axis ->
                new Cut(operand, axis, shape.dim(axis) - Math.max(1, shape.dim(axis) / 8))).findFirst();
    }

    /** One window's gradient stays of those that chose the same element. */
    static Defect lostAddend() {
        return Defect.of("windows of max pooling that overlap, on the way back",
                (node, _) -> node.op() instanceof Pooling.MaxPoolGradient && node.output(0).shape().elements() > 0
                        && overlaps(node.input(1)), site -> {
                            Pooling.MaxPoolGradient op = (Pooling.MaxPoolGradient) site.node().op();
                            return site.replaced(new Pooling.MaxUnpool(op.height(), op.width()), site.operands());
                        });
    }

    private static boolean overlaps(Value winners) {
        if (!(winners.node().op() instanceof Pooling.MaxPool pool)) {
            return true;
        }
        Shape pooled = winners.shape();
        return overlaps(pool.window().h(), pooled.dim(2)) || overlaps(pool.window().w(), pooled.dim(3));
    }

    private static boolean overlaps(Window.Axis axis, long windows) {
        return windows > 1 && axis.stride() < axis.span();
    }
}
