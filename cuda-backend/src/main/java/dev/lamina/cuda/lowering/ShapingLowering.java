package dev.lamina.cuda.lowering;

import dev.lamina.graph.Node;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * Ops that move elements, each one copy with strides: operands in whatever layout they have, results of rank 4 in their operand's where
 * that is natural. Selections by index are {@link GatherLowering}'s.
 */
public final class ShapingLowering {
    private final Assembly assembly;
    private final GatherLowering gathers;

    /** Adds to this assembly. */
    public ShapingLowering(Assembly assembly) {
        this.assembly = assembly;
        this.gathers = new GatherLowering(assembly);
    }

    /** Adds the steps of a node that is no view. */
    public void lower(Node node) {
        switch ((Shaping) node.op()) {
            case Shaping.Transpose op -> transpose(op, node);
            case Shaping.BroadcastTo _ -> broadcast(node);
            case Shaping.Concat op -> concat(op, node);
            case Shaping.Slice op -> slice(op, node);
            case Shaping.Pad op -> pad(op, node);
            case Shaping.Reverse op -> reverse(op, node);
            case Shaping.Gather op -> gathers.gather(op, node);
            case Shaping.GatherGradient op -> gathers.gradient(op, node);
            case Shaping.Reshape _, Shaping.StopGradient _ ->
                throw new IllegalStateException("cuda: " + node + " is a view and moves nothing.");
        }
    }

    /** Adds the step that reads an operand from a start with strides, in the order of the result's axes. */
    private void read(Node node, Place x, long start, long[] strides, Layout layout) {
        Place y = assembly.define(node.output(0), layout);
        Move.of(layout.type().shape().toArray(), Move.End.of(x, start), strides, Move.End.of(y, 0), layout.strides())
                .add(assembly, List.of(node.name()));
    }

    private void transpose(Shaping.Transpose op, Node node) {
        Place x = assembly.any(node.input(0));
        long[] own = x.layout().strides();
        long[] strides = op.order().stream().mapToLong(axis -> own[axis]).toArray();
        Layout plain = new Layout(node.output(0).type(), x.layout().element(), Order.PLAIN);
        Layout other = plain.in(Order.CHANNELS_LAST);
        // Where nothing needs to change its place, as from NHWC data to an image that is kept channels last, nothing does.
        read(node, x, 0, strides, Arrays.equals(strides, other.strides()) ? other : plain);
    }

    private void broadcast(Node node) {
        TensorType type = node.output(0).type();
        Place x = assembly.any(node.input(0));
        Shape from = node.input(0).shape();
        long[] own = x.layout().strides();
        long[] strides = new long[type.shape().rank()];
        int extra = strides.length - own.length;
        for (int axis = 0; axis < own.length; axis++) {
            strides[axis + extra] = from.dim(axis) == 1 ? 0 : own[axis];
        }
        boolean either = from.rank() == 4 && x.layout().in(Order.PLAIN).sameOrder(x.layout().in(Order.CHANNELS_LAST));
        Order order = either ? assembly.images() : x.layout().order();
        read(node, x, 0, strides, x.layout().like(type).in(order));
    }

    private void slice(Shaping.Slice op, Node node) {
        Place x = assembly.any(node.input(0));
        long[] strides = x.layout().strides();
        long start = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            start += op.starts().get(axis) * strides[axis];
            strides[axis] *= op.steps().get(axis);
        }
        read(node, x, start, strides, x.layout().like(node.output(0).type()));
    }

    private void reverse(Shaping.Reverse op, Node node) {
        Place x = assembly.any(node.input(0));
        Shape shape = node.input(0).shape();
        long[] strides = x.layout().strides();
        long start = 0;
        for (int named : op.axes()) {
            int axis = shape.axis(named);
            start += (shape.dim(axis) - 1) * strides[axis];
            strides[axis] = -strides[axis];
        }
        read(node, x, start, strides, x.layout().like(node.output(0).type()));
    }

    /** The result lies as its largest operand does, in bfloat16 only if all operands do. */
    private void concat(Shaping.Concat op, Node node) {
        TensorType type = node.output(0).type();
        int axis = type.shape().axis(op.axis());
        Value largest = node.inputs().stream().max(Comparator.comparingLong(v -> v.type().elements())).orElseThrow();
        boolean narrow = node.inputs().stream().allMatch(v -> assembly.any(v).layout().isNarrow());
        Layout layout = assembly.any(largest).layout().like(type);
        Place y = assembly.define(node.output(0), narrow ? layout : layout.as(type.dtype()));
        long[] written = y.layout().strides();
        long start = 0;
        for (Value part : node.inputs()) {
            Place x = assembly.any(part);
            Move.of(part.shape().toArray(), Move.End.of(x, 0), x.layout().strides(), Move.End.of(y, start * written[axis]), written)
                    .add(assembly, List.of(node.name()));
            start += part.shape().dim(axis);
        }
    }

    private void pad(Shaping.Pad op, Node node) {
        Place x = assembly.any(node.input(0));
        Place y = assembly.define(node.output(0), x.layout().like(node.output(0).type()));
        Padding.of(x, y, op.before(), op.interior(), op.value()).add(assembly, List.of(node.name()));
    }

    /**
     * An image with zeros around it, for ops whose library takes equal padding at both ends only.
     *
     * @param node the op, for the report
     * @param image where the image is
     * @param before zeros before each of the four axes
     * @param after zeros after each
     * @return scratch memory in the image's layout
     */
    static Place padded(Assembly assembly, Node node, Place image, List<Long> before, List<Long> after) {
        long[] extents = image.layout().type().shape().toArray();
        for (int axis = 0; axis < extents.length; axis++) {
            extents[axis] += before.get(axis) + after.get(axis);
        }
        Layout layout = image.layout().like(image.layout().type().withShape(Shape.of(extents)));
        Place padded = new Place(assembly.buffer(node.name() + " padded", layout.bytes()), layout);
        Padding.of(image, padded, before, Collections.nCopies(extents.length, 0L), 0).add(assembly, List.of(node.name()));
        return padded;
    }

    /**
     * The inner part of an image, e.g. of the gradient of a padded one, written where the result belongs.
     *
     * @param node the op, for the report
     * @param padded where the whole is
     * @param before what to leave out before each axis
     * @param inner where the part goes; its shape says how much is taken
     */
    static void cropped(Assembly assembly, Node node, Place padded, List<Long> before, Place inner) {
        long[] strides = padded.layout().strides();
        long start = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            start += before.get(axis) * strides[axis];
        }
        Move.of(inner.layout().type().shape().toArray(), Move.End.of(padded, start), strides, Move.End.of(inner, 0),
                inner.layout().strides()).add(assembly, List.of(node.name()));
    }
}
