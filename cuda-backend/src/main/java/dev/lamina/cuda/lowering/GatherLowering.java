package dev.lamina.cuda.lowering;

import dev.lamina.graph.Node;
import dev.lamina.graph.Shaping;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;

/** Selections along an axis by {@code gather.cu}, row-major. Indices out of range are reported and select zeros. */
final class GatherLowering {
    private final Assembly assembly;

    GatherLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Extents around the axis: what is selected from is {@code [outer, extent, inner]}. */
    private record Extents(long outer, long extent, long inner) {
        static Extents of(Shape shape, int axis) {
            long outer = 1;
            long inner = 1;
            for (int i = 0; i < shape.rank(); i++) {
                outer *= i < axis ? shape.dim(i) : 1;
                inner *= i > axis ? shape.dim(i) : 1;
            }
            return new Extents(outer, shape.dim(axis), inner);
        }
    }

    private int slot(Node node, long extent) {
        String name = node.toString();
        return assembly.faults().slot(node.input(1).type().elements(), (position, value) ->
                name + ": index " + value + " at position " + position + " is outside an axis of extent " + extent + ".");
    }

    void gather(Shaping.Gather op, Node node) {
        Place x = assembly.in(node.input(0), Order.PLAIN, "operand of " + node.name());
        Place indices = assembly.plain(node.input(1), "indices of " + node.name());
        Place y = assembly.define(node.output(0), new Layout(node.output(0).type(), x.layout().element(), Order.PLAIN));
        Extents extents = Extents.of(node.input(0).shape(), node.input(0).shape().axis(op.axis()));
        long count = node.input(1).type().elements();
        long all = extents.outer * count * extents.inner;
        if (all == 0) {
            return;
        }
        int bytes = x.layout().element().bytes();
        long inner = extents.inner;
        while (bytes < Long.BYTES && inner % 2 == 0) {
            bytes *= 2;
            inner /= 2;
            all /= 2;
        }
        assembly.kernel(node, "gather", List.of(), "gather_" + bytes).over(all).pointer(x).pointer(indices).pointer(y)
                .pointer(assembly.faults().buffer()).int32(slot(node, extents.extent)).int32(isWide(node))
                .int64s(all, count, inner, extents.extent).add();
    }

    private static int isWide(Node node) {
        return node.input(1).dtype() == DType.INT64 ? 1 : 0;
    }

    /** Sums in order of indices, so that equal runs give equal bits: sorts the indices, then adds up what belongs to each place. */
    void gradient(Shaping.GatherGradient op, Node node) {
        Place g = assembly.plain(node.input(0), "gradient at " + node.name());
        Place indices = assembly.plain(node.input(1), "indices of " + node.name());
        Place x = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        Extents extents = Extents.of(op.inputShape(), op.inputShape().axis(op.axis()));
        long count = node.input(1).type().elements();
        long all = node.output(0).type().elements();
        if (all == 0) {
            return;
        }
        Buffer order = assembly.buffer(node.name() + " order", Math.max(1, count) * Integer.BYTES);
        Buffer first = assembly.buffer(node.name() + " first", extents.extent * Integer.BYTES);
        Buffer last = assembly.buffer(node.name() + " last", extents.extent * Integer.BYTES);
        for (Buffer bound : List.of(first, last)) {
            assembly.add(List.of(node.name()), "fill", stream -> stream.fill(bound.address(), (byte) 0, bound.bytes()), List.of(bound));
        }
        if (count > 0) {
            sort(node, indices, extents, order, first, last);
        }
        assembly.kernel(node, "gather_gradient", ElementDefine.of(g.layout().element()), "gather_gradient").over(all)
                .pointer(g).pointer(order).pointer(first).pointer(last).pointer(x)
                .int64s(all, count, extents.inner, extents.extent).add();
    }

    private void sort(Node node, Place indices, Extents extents, Buffer order, Buffer first, Buffer last) {
        long count = node.input(1).type().elements();
        Buffer keys = assembly.buffer(node.name() + " keys", count * Integer.BYTES);
        assembly.kernel(node, "gather", List.of(), "gather_order").over(count).pointer(indices).pointer(keys).pointer(order)
                .pointer(assembly.faults().buffer()).int32(slot(node, extents.extent)).int32(isWide(node))
                .int32(count).int32(extents.extent).add();
        assembly.kernel(node, "gather", List.of(), "gather_bounds").over(count).pointer(keys).pointer(order).pointer(first).pointer(last)
                .int32(count).add();
    }
}
