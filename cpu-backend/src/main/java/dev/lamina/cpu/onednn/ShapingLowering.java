package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.MoveKernels;
import dev.lamina.graph.Node;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ops that move elements. Slices and pads of images stay in the images' layout where they leave whole blocks of channels alone or
 * move whole blocks; all else is row-major.
 */
final class ShapingLowering {
    private final Assembly assembly;

    ShapingLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** True if the node is lowered here: all but views, unless empty. */
    static boolean supports(Node node) {
        boolean taken = switch ((Shaping) node.op()) {
            case Shaping.Transpose _, Shaping.BroadcastTo _, Shaping.Concat _, Shaping.Slice _, Shaping.Pad _, Shaping.Reverse _ -> true;
            case Shaping.Gather _ -> node.input(1).dtype() == DType.INT32 || node.input(1).dtype() == DType.INT64;
            case Shaping.GatherGradient _ -> Precision.isFloat32(node.output(0).type());
            case Shaping.Reshape _, Shaping.StopGradient _ -> false;
        };
        return taken && node.output(0).type().elements() > 0 && node.inputTypes().stream().allMatch(t -> t.elements() > 0);
    }

    /** Adds the steps of a node that is supported. */
    void lower(Shaping shaping, Node node) {
        switch (shaping) {
            case Shaping.Transpose op -> transpose(op, node);
            case Shaping.BroadcastTo _ -> broadcast(node);
            case Shaping.Concat op -> concat(op, node);
            case Shaping.Slice op -> slice(op, node);
            case Shaping.Pad op -> pad(op, node);
            case Shaping.Reverse op -> reverse(op, node);
            case Shaping.Gather op -> gather(op, node);
            case Shaping.GatherGradient op -> gatherGradient(op, node);
            case Shaping.Reshape _, Shaping.StopGradient _ ->
                throw new IllegalStateException("cpu: " + node + " moves nothing here.");
        }
    }

    private void transpose(Shaping.Transpose op, Node node) {
        Place x = plain(node.input(0), node);
        long[] from = node.input(0).shape().strides();
        long[] strides = op.order().stream().mapToLong(axis -> from[axis]).toArray();
        Place y = define(node);
        copy(node, node.output(0).shape().toArray(), strides, y.layout().strides(), x, 0, y, 0);
    }

    private void broadcast(Node node) {
        Place x = plain(node.input(0), node);
        Place y = define(node);
        Physical space = Physical.of(y.layout());
        copy(node, space.dims(), space.broadcast(node.input(0).shape(), node.output(0).shape().rank()), space.strides(), x, 0, y, 0);
    }

    private void concat(Shaping.Concat op, Node node) {
        Place y = define(node);
        long[] to = y.layout().strides();
        long start = 0;
        for (Value part : node.inputs()) {
            long extent = part.shape().dim(op.axis());
            copy(node, part.shape().toArray(), part.shape().strides(), to, plain(part, node), 0, y, start * to[op.axis()]);
            start += extent;
        }
    }

    private void reverse(Shaping.Reverse op, Node node) {
        Place x = plain(node.input(0), node);
        Shape shape = node.input(0).shape();
        long[] strides = shape.strides();
        long offset = 0;
        for (int axis : op.axes()) {
            offset += (shape.dim(axis) - 1) * strides[axis];
            strides[axis] = -strides[axis];
        }
        Place y = define(node);
        copy(node, shape.toArray(), strides, y.layout().strides(), x, offset, y, 0);
    }

    private void slice(Shaping.Slice op, Node node) {
        Moves moves = new Moves(op.starts(), op.steps());
        Move move = move(node, moves);
        Physical from = physical(move.operand.layout());
        Place y = assembly.define(node.output(0), move.result);
        Physical to = Physical.of(move.result);
        copy(node, to.dims(), moves.strides(from), to.strides(), move.operand, moves.offset(from), y, 0);
    }

    private void pad(Shaping.Pad op, Node node) {
        Moves moves = new Moves(op.before(), op.interior().stream().map(i -> i + 1).toList());
        Move move = move(node, moves);
        Place y = assembly.define(node.output(0), move.result);
        DType dtype = node.output(0).dtype();
        add(node, MoveKernels.fill(assembly.team(), dtype, op.value(), y.layout().bytes() / dtype.bytes(), y.pointer()), y);
        Physical from = physical(move.operand.layout());
        Physical to = Physical.of(move.result);
        copy(node, from.dims(), from.strides(), moves.strides(to), move.operand, 0, y, moves.offset(to));
    }

    /** Row-major elements by the value's own axes: a grouped filter has one more in its layout. */
    private static Physical physical(Layout layout) {
        return Physical.of(layout.isPlain() ? Layout.plain(layout.type()) : layout);
    }

    /** The operand where it can be moved from, and how the result lies then. */
    private record Move(Place operand, Layout result) {
    }

    private Move move(Node node, Moves moves) {
        Value operand = node.input(0);
        Value result = node.output(0);
        if (operand.shape().rank() == 4 && Precision.isFloat32(operand.type())) {
            ImagePlace place = ImagePlace.of(assembly, operand, "operand of " + node.name());
            Layout layout = place.layoutFor(result.type(), assembly.scope());
            long block = place.images().inner();
            boolean whole = moves.wholeBlocks(block) && operand.shape().dim(1) % block == 0 && result.shape().dim(1) % block == 0;
            boolean untouched = moves.leaves(1) && operand.shape().dim(1) == result.shape().dim(1);
            // A value other than zero would fill the padding too.
            boolean zero = !layout.hasPadding() || !(node.op() instanceof Shaping.Pad pad) || pad.value() == 0;
            if (!layout.isBlocked() || (whole || untouched) && zero) {
                return new Move(place.place(), layout);
            }
        }
        return new Move(plain(operand, node), Layout.plain(result.type()));
    }

    /** Where elements go: from {@code starts} on, every {@code steps}. */
    private record Moves(List<Long> starts, List<Long> steps) {
        boolean leaves(int axis) {
            return starts.get(axis) == 0 && steps.get(axis) == 1;
        }

        /** True if channels move by whole blocks. */
        boolean wholeBlocks(long block) {
            return starts.get(1) % block == 0 && steps.get(1) == 1;
        }

        long[] strides(Physical space) {
            long[] strides = space.strides().clone();
            for (int i = 0; i < strides.length; i++) {
                // A block's lanes move together.
                strides[i] *= steps.get(space.axes()[i]);
            }
            return strides;
        }

        long offset(Physical space) {
            long offset = 0;
            boolean[] seen = new boolean[starts.size()];
            for (int i = 0; i < space.dims().length; i++) {
                int axis = space.axes()[i];
                if (!seen[axis]) {
                    offset += starts.get(axis) / space.steps()[i] * space.strides()[i];
                    seen[axis] = true;
                }
            }
            return offset;
        }
    }

    private Place plain(Value value, Node node) {
        return assembly.plain(value, "operand of " + node.name());
    }

    private Place define(Node node) {
        return assembly.define(node.output(0), Layout.plain(node.output(0).type()));
    }

    private void gather(Shaping.Gather op, Node node) {
        Place x = plain(node.input(0), node);
        Place indices = plain(node.input(1), node);
        Place y = define(node);
        MoveKernels.Selection selection = selection(node, op.axis(), node.input(0).shape(), indices);
        add(node, MoveKernels.gather(assembly.team(), node.output(0).dtype().bytes(), selection, x.pointer(), y.pointer()), x, indices, y);
    }

    private void gatherGradient(Shaping.GatherGradient op, Node node) {
        Place g = plain(node.input(0), node);
        Place indices = plain(node.input(1), node);
        Place sums = define(node);
        MoveKernels.Selection selection = selection(node, op.axis(), op.inputShape(), indices);
        add(node, MoveKernels.gatherGradient(assembly.team(), selection, g.pointer(), sums.pointer()), g, indices, sums);
    }

    private static MoveKernels.Selection selection(Node node, int axis, Shape x, Place indices) {
        long outer = 1;
        long inner = 1;
        for (int i = 0; i < x.rank(); i++) {
            outer *= i < axis ? x.dim(i) : 1;
            inner *= i > axis ? x.dim(i) : 1;
        }
        return new MoveKernels.Selection(node.toString(), outer, x.dim(axis), inner, indices.pointer(), node.input(1).dtype(),
                node.input(1).type().elements());
    }

    private void copy(Node node, long[] dims, long[] from, long[] to, Place x, long start, Place y, long target) {
        int size = node.output(0).dtype().bytes();
        add(node, MoveKernels.copy(assembly.team(), size, dims, x.pointer(), start, from, y.pointer(), target, to), x, y);
    }

    private void add(Node node, Kernel kernel, Place... used) {
        assembly.add(List.of(node.name()), "vector " + node.op().name(), kernel, Stream.of(used).map(Place::buffer).toList());
    }
}
