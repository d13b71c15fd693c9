package dev.lamina.check.fault;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;

/** The last of equal elements instead of the first: the operand is reversed, and positions are counted from the end. */
final class TiesDefect {
    private static final int H = 2;
    private static final int W = 3;

    private TiesDefect() { }

    static Defect create() {
        return Defect.of("positions of largest elements (argMax, or winners of max pooling) that something reads", (node, read) ->
                node.outputs().stream().allMatch(value -> value.shape().elements() > 0) && switch (node.op()) {
                    case Reduction.ArgMax op -> node.input(0).shape().dim(op.axis()) > 1;
                    case Pooling.MaxPool op -> read.contains(node.output(1)) && inside(op.window().h(), node, H)
                            && inside(op.window().w(), node, W) && op.window().h().kernel() * op.window().w().kernel() > 1;
                    default -> false;
                }, site -> site.node().op() instanceof Reduction.ArgMax op ? argMax(site, op) : maxPool(site));
    }

    /** Whether no window hangs over the padded end. */
    private static boolean inside(Window.Axis axis, Node node, int a) {
        long places = node.input(0).shape().dim(a) + axis.padBegin() + axis.padEnd() - axis.span() + 1;
        return (node.output(0).shape().dim(a) - 1) * axis.stride() < places;
    }

    private static List<Value> argMax(Site site, Reduction.ArgMax op) {
        site.builder();
        Value x = site.operands().getFirst();
        int axis = x.shape().axis(op.axis());
        Value fromEnd = site.replaced(op, List.of(Shaping.reverse(x, axis))).getFirst();
        return List.of(Source.scalarLike(fromEnd, x.shape().dim(axis) - 1.0).minus(fromEnd));
    }

    private static List<Value> maxPool(Site site) {
        site.builder();
        Value x = site.operands().getFirst();
        Window window = ((Pooling.MaxPool) site.node().op()).window();
        Shape pooled = site.node().output(0).shape();
        Value rows = starts(site, window.h(), pooled.dim(H));
        Value columns = starts(site, window.w(), pooled.dim(W));
        Node dense = Pooling.maxPoolWithIndices(Shaping.reverse(x, H, W), new Window(mirrored(window.h()), mirrored(window.w())));
        Value values = PoolDefects.pick(Shaping.reverse(dense.output(0), H, W), rows, columns);
        Value fromEnd = PoolDefects.pick(Shaping.reverse(dense.output(1), H, W), rows, columns);
        Value last = Source.scalar(site.builder(), DType.INT32, x.shape().dim(H) * x.shape().dim(W) - 1.0);
        // A window of padding only has the winner -1.
        Value none = Pointwise.compare(Pointwise.Comparison.LESS, fromEnd, Source.scalarLike(fromEnd, 0));
        return List.of(values, Pointwise.where(none, fromEnd, last.minus(fromEnd)));
    }

    private static Window.Axis mirrored(Window.Axis axis) {
        return new Window.Axis(axis.kernel(), 1, axis.padEnd(), axis.padBegin(), axis.dilation(), Rounding.FLOOR);
    }

    private static Value starts(Site site, Window.Axis axis, long windows) {
        long[] all = LongStream.range(0, windows).map(i -> i * axis.stride()).toArray();
        return Source.constant(site.builder(), Tensor.of(all, all.length));
    }
}
