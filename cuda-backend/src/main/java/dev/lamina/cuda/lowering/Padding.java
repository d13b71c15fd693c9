package dev.lamina.cuda.lowering;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A copy with a constant around it and between its elements, by {@code move.cu}, in one pass over the result. Immutable.
 *
 * @param axes the result's axes, outermost in memory first; the result has no gaps
 * @param from what is padded
 * @param to the result
 * @param bytes size of an element
 * @param bits the constant's, as many bytes
 */
record Padding(List<Axis> axes, Place from, Place to, int bytes, long bits) {
    /**
     * One axis.
     *
     * @param extent the result's elements
     * @param before constants before the first element
     * @param step distance at which the operand's elements lie
     * @param inner the operand's elements
     * @param read distance of neighbours in the operand
     */
    private record Axis(long extent, long before, long step, long inner, long read) {
        boolean isBare() {
            return before == 0 && extent == inner;
        }

        /** This axis and the next inner one as one, if both are bare and the operand is walked so. */
        boolean joins(Axis next) {
            return isBare() && next.isBare() && read == next.inner * next.read;
        }
    }

    /** A padding of the operand's elements as {@code Shaping.Pad} says; both places hold one type of elements, in any orders. */
    static Padding of(Place from, Place to, List<Long> before, List<Long> interior, double value) {
        long[] extents = to.layout().type().shape().toArray();
        long[] written = to.layout().strides();
        long[] read = from.layout().strides();
        List<Axis> axes = IntStream.range(0, extents.length).boxed().sorted(Comparator.comparingLong((Integer a) -> written[a]).reversed())
                .map(a -> new Axis(extents[a], before.get(a), interior.get(a) + 1, from.layout().type().shape().dim(a), read[a]))
                .filter(axis -> axis.extent != 1 || axis.inner != 1).toList();
        DType element = to.layout().element();
        return new Padding(axes, from, to, element.bytes(), bits(element, value)).joined().widened();
    }

    private static long bits(DType element, double value) {
        MemorySegment memory = Tensor.scalar(element, value).memory();
        return switch (element.bytes()) {
            case 1 -> memory.get(ValueLayout.JAVA_BYTE, 0) & 0xffL;
            case 2 -> memory.get(ValueLayout.JAVA_SHORT, 0) & 0xffffL;
            case 4 -> memory.get(ValueLayout.JAVA_INT, 0) & 0xffff_ffffL;
            default -> memory.get(ValueLayout.JAVA_LONG, 0);
        };
    }

    private Padding joined() {
        List<Axis> joined = new ArrayList<>();
        for (Axis axis : axes) {
            if (!joined.isEmpty() && joined.getLast().joins(axis)) {
                long extent = joined.removeLast().extent * axis.extent;
                joined.add(new Axis(extent, 0, 1, extent, axis.read));
            } else {
                joined.add(axis);
            }
        }
        return new Padding(joined, from, to, bytes, bits);
    }

    /** The same with pairs of neighbours taken for one element, where no constant comes between them. */
    private Padding widened() {
        if (axes.isEmpty() || bytes == Long.BYTES || !axes.getLast().isBare() || axes.getLast().read != 1
                || axes.getLast().extent % 2 != 0 || axes.stream().limit(axes.size() - 1).anyMatch(axis -> axis.read % 2 != 0)) {
            return this;
        }
        List<Axis> halved = new ArrayList<>();
        axes.stream().limit(axes.size() - 1).forEach(a -> halved.add(new Axis(a.extent, a.before, a.step, a.inner, a.read / 2)));
        halved.add(new Axis(axes.getLast().extent / 2, 0, 1, axes.getLast().extent / 2, 1));
        return new Padding(halved, from, to, 2 * bytes, bits | bits << 8 * bytes).widened();
    }

    /** Adds the steps, none for no elements. */
    void add(Assembly assembly, List<String> nodes) {
        long count = to.layout().type().elements();
        if (count == 0) {
            return;
        }
        if (axes.size() <= Move.MOST_AXES) {
            launch(assembly, nodes, axes);
            return;
        }
        // More axes than the kernel takes are rare: the constant everywhere, then the operand over it.
        long extent = count * to.layout().element().bytes() / bytes;
        launch(assembly, nodes, List.of(new Axis(extent, 0, 1, 0, 0)));
        List<Move.Axis> moved = new ArrayList<>();
        long start = 0;
        long written = 1;
        for (Axis axis : axes.reversed()) {
            moved.add(new Move.Axis(axis.inner, axis.read, axis.step * written));
            start += axis.before * written;
            written *= axis.extent;
        }
        DType element = Move.ofSize(bytes);
        new Move(moved, new Move.End(from.buffer(), 0, element), new Move.End(to.buffer(), start, element)).add(assembly, nodes);
    }

    private void launch(Assembly assembly, List<String> nodes, List<Axis> walked) {
        List<Axis> all = new ArrayList<>(Collections.nCopies(Move.MOST_AXES - walked.size(), new Axis(1, 0, 1, 1, 0)));
        all.addAll(walked);
        long count = walked.stream().mapToLong(Axis::extent).reduce(1, Math::multiplyExact);
        String name = "move_padded_" + bytes;
        assembly.kernel(nodes, "kernel " + name, assembly.kernels().resource("move", List.of(), name)).over(count)
                .pointer(from).pointer(to).int64s(bits, count)
                .int64s(all.stream().mapToLong(Axis::extent).toArray()).int64s(all.stream().mapToLong(Axis::before).toArray())
                .int64s(all.stream().mapToLong(Axis::step).toArray()).int64s(all.stream().mapToLong(Axis::inner).toArray())
                .int64s(all.stream().mapToLong(Axis::read).toArray()).add();
    }
}
