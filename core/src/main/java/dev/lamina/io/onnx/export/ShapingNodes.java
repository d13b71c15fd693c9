package dev.lamina.io.onnx.export;

import dev.lamina.graph.Node;
import dev.lamina.graph.Shaping;
import dev.lamina.io.onnx.OnnxAttribute;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Ops that move elements. */
final class ShapingNodes {
    private ShapingNodes() { }

    static void add(Emitter to, Node node, Shaping op) {
        switch (op) {
            case Shaping.Reshape _ -> reshape(to, node);
            case Shaping.StopGradient _ -> to.add(node, "Identity", to.inputs(node), Map.of());
            case Shaping.Transpose(List<Integer> order) -> to.add(node, "Transpose", to.inputs(node),
                    Map.of("perm", Emitter.integers(order.stream().mapToLong(Integer::longValue).toArray())));
            case Shaping.BroadcastTo _ -> to.add(node, "Expand",
                    List.of(to.input(node, 0), to.shape(node, to.extents(node.output(0)))), Map.of());
            case Shaping.Concat(int axis) -> to.add(node, "Concat", to.inputs(node),
                    Map.of("axis", Emitter.integer(axis < 0 ? axis + node.output(0).shape().rank() : axis)));
            case Shaping.Slice slice -> slice(to, node, slice);
            case Shaping.Pad pad -> pad(to, node, pad);
            case Shaping.Reverse(List<Integer> axes) -> reverse(to, node, axes);
            case Shaping.Gather(int axis) -> to.add(node, "Gather", to.inputs(node), Map.of("axis", Emitter.integer(axis)));
            case Shaping.GatherGradient _ -> throw Emitter.refused(node, "it belongs to gradients, which ONNX has no operator for. Build "
                    + "the graph for inference.");
        }
    }

    /** One free extent is what is left, unless there is nothing to divide; more of them are computed. */
    private static void reshape(Emitter to, Node node) {
        List<Extent> extents = to.extents(node.output(0));
        long free = extents.stream().filter(Extent::isFree).count();
        boolean empty = extents.stream().anyMatch(e -> !e.isFree() && e.fixed() == 0);
        String shape = free == 1 && !empty
                ? to.longs(node, "shape", extents.stream().mapToLong(e -> e.isFree() ? -1 : e.fixed()).toArray())
                : to.shape(node, extents);
        Map<String, OnnxAttribute> attributes = empty ? Map.of("allowzero", Emitter.flag(true)) : Map.of();
        to.add(node, "Reshape", List.of(to.input(node, 0), shape), attributes);
    }

    /** Ends at a free extent must be that extent: there is no other end that all batches have. */
    private static void slice(Emitter to, Node node, Shaping.Slice op) {
        List<Extent> extents = to.extents(node.input(0));
        Shaping.Slice other = (Shaping.Slice) to.other(node).op();
        long[] ends = new long[extents.size()];
        for (int axis = 0; axis < ends.length; axis++) {
            boolean whole = op.ends().get(axis) == node.input(0).shape().dim(axis);
            if (extents.get(axis).isFree() && whole && other.ends().get(axis) == to.other(node).input(0).shape().dim(axis)) {
                ends[axis] = Long.MAX_VALUE;
            } else if (op.ends().get(axis).equals(other.ends().get(axis))) {
                ends[axis] = op.ends().get(axis);
            } else {
                throw Emitter.refused(node, "axis " + axis + " ends at " + op.ends().get(axis) + " of "
                        + node.input(0).shape().dim(axis) + ", which moves with the batch.");
            }
        }
        to.add(node, "Slice", List.of(to.input(node, 0), to.longs(node, "starts", longs(op.starts())), to.longs(node, "ends", ends),
                to.longs(node, "axes", LongStream.range(0, ends.length).toArray()), to.longs(node, "steps", longs(op.steps()))), Map.of());
    }

    private static void pad(Emitter to, Node node, Shaping.Pad op) {
        if (!op.interior().equals(Collections.nCopies(op.interior().size(), 0L))) {
            throw Emitter.refused(node, "it pads by " + op.interior() + " between elements, ONNX around them only.");
        }
        long[] pads = LongStream.concat(Arrays.stream(longs(op.before())), Arrays.stream(longs(op.after()))).toArray();
        to.add(node, "Pad", List.of(to.input(node, 0), to.longs(node, "pads", pads), to.number(node, "value", op.value())), Map.of());
    }

    /** From the last element backwards to before the first. */
    private static void reverse(Emitter to, Node node, List<Integer> axes) {
        int rank = node.input(0).shape().rank();
        long[] reversed = axes.stream().mapToLong(a -> a < 0 ? a + rank : a).toArray();
        long[] starts = new long[reversed.length];
        long[] ends = new long[reversed.length];
        Arrays.fill(starts, -1);
        Arrays.fill(ends, Long.MIN_VALUE);
        to.add(node, "Slice", List.of(to.input(node, 0), to.longs(node, "starts", starts), to.longs(node, "ends", ends),
                to.longs(node, "axes", reversed), to.longs(node, "steps", IntStream.range(0, starts.length).mapToLong(_ -> -1).toArray())),
                Map.of());
    }

    private static long[] longs(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }
}
