package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.BinaryFunction.ADD;
import static dev.lamina.graph.Pointwise.BinaryFunction.AND;
import static dev.lamina.graph.Pointwise.BinaryFunction.MIN;
import static dev.lamina.graph.Pointwise.BinaryFunction.OR;
import static dev.lamina.graph.Pointwise.BinaryFunction.SUBTRACT;
import static dev.lamina.graph.Pointwise.Comparison.EQUAL;
import static dev.lamina.graph.Pointwise.Comparison.GREATER;
import static dev.lamina.graph.Pointwise.Comparison.GREATER_OR_EQUAL;
import static dev.lamina.graph.Pointwise.Comparison.LESS;
import static dev.lamina.graph.Pointwise.Comparison.LESS_OR_EQUAL;
import static java.util.Map.entry;

import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Operators that go by the places of elements: running sums, triangles, one-hot codes, the largest elements in order. */
final class OrderOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("CumSum", Operator.of(OrderOperators::cumSum)),
            entry("Hardmax", Operator.of(OrderOperators::hardmax)),
            entry("OneHot", Operator.of(OrderOperators::oneHot)),
            entry("TopK", OrderOperators::topK),
            entry("Trilu", Operator.of(OrderOperators::trilu)));

    /** From this version on, Hardmax goes over one axis. */
    private static final int ONE_AXIS = 13;
    /** From this version on, TopK's count is an input. */
    private static final int COUNT_IS_INPUT = 10;
    /** Longest axis that TopK orders: it compares every two elements. */
    private static final long LONGEST = 4096;

    private OrderOperators() { }

    /** Sums of 2, 4, 8, ... neighbours. */
    private static Operand cumSum(Call call) {
        Operand x = call.operand(0);
        int axis = call.axis((long) call.number(1, "axis"), x.shape().rank());
        boolean backwards = call.integer("reverse", 0) != 0;
        long extent = x.shape().dim(axis);
        Operand sums = call.integer("exclusive", 0) != 0 ? shifted(call, x, axis, 1, backwards) : x;
        for (long reach = 1; reach < extent; reach *= 2) {
            sums = Folding.binary(call, ADD, sums, shifted(call, sums, axis, reach, backwards));
        }
        return sums;
    }

    /** The elements moved along an axis by some places, zeros in their stead. */
    private static Operand shifted(Call call, Operand x, int axis, long by, boolean backwards) {
        long extent = x.shape().dim(axis);
        long left = Math.max(0, extent - by);
        Operand part = backwards ? Folding.slice(call, x, axis, extent - left, extent) : Folding.slice(call, x, axis, 0, left);
        Long[] none = Collections.nCopies(x.shape().rank(), 0L).toArray(Long[]::new);
        Long[] width = none.clone();
        width[axis] = extent - left;
        return Folding.pad(call, part, List.of(backwards ? none : width), List.of(backwards ? width : none), 0);
    }

    /** What lies on and above the k-th diagonal, or on and below it; zeros elsewhere. */
    private static Operand trilu(Call call) {
        Operand x = call.operand(0);
        int rank = x.shape().rank();
        call.require(rank >= 2, "input has shape %s, needs at least 2 axes.", x.shape());
        long k = call.has(1) ? (long) call.number(1, "k") : 0;
        Operand diagonals = Folding.binary(call, SUBTRACT,
                IndexingOperators.steps(2, 1, x.shape().dim(rank - 1), 1), IndexingOperators.steps(2, 0, x.shape().dim(rank - 2), 1));
        Comparison kept = call.integer("upper", 1) != 0 ? GREATER_OR_EQUAL : LESS_OR_EQUAL;
        return Folding.where(call, Folding.compare(call, kept, diagonals, IndexingOperators.scalar(k)), x, zero(x.dtype()));
    }

    /** 1 at the first largest element along the axis, 0 elsewhere. */
    private static Operand hardmax(Call call) {
        Shape shape = call.shape(0);
        boolean one = call.version() >= ONE_AXIS;
        int axis = call.axis(call.integer("axis", one ? -1 : 1), shape.rank());
        Operand x = call.operand(0);
        if (!one) {
            // Before, it went over all axes from the given one on, taken together.
            long rows = Arrays.stream(shape.toArray()).limit(axis).reduce(1, Math::multiplyExact);
            long columns = Arrays.stream(shape.toArray()).skip(axis).reduce(1, Math::multiplyExact);
            x = Folding.reshape(call, x, Shape.of(rows, columns));
            axis = 1;
        }
        Value value = call.wire(x, false);
        Operand largest = Operand.of(value.graph().add(new Reduction.ArgMax(axis, true), value));
        Operand places = IndexingOperators.steps(x.shape().rank(), axis, x.shape().dim(axis), 1);
        return Folding.reshape(call, Folding.cast(call, Folding.compare(call, EQUAL, places, largest), x.dtype()), shape);
    }

    /** Negative indices count from the end; those outside are hot nowhere. */
    private static Operand oneHot(Call call) {
        Operand indices = call.operand(0);
        int rank = indices.shape().rank() + 1;
        int axis = call.axis(call.integer("axis", -1), rank);
        long depth = (long) call.number(1, "depth");
        call.require(depth >= 1, "depth is %d, needs >= 1.", depth);
        Operand values = call.operand(2);
        call.require(values.shape().equals(Shape.of(2)), "values have shape %s, need [2]: off and on.", values.shape());
        long[] dims = new long[rank];
        for (int a = 0; a < rank; a++) {
            dims[a] = a < axis ? indices.shape().dim(a) : a == axis ? 1 : indices.shape().dim(a - 1);
        }
        Operand counted = IndexingOperators.counted(call, Folding.reshape(call, indices, Shape.of(dims)), depth);
        Operand hot = Folding.compare(call, EQUAL, counted, IndexingOperators.steps(rank, axis, depth, 1));
        return Folding.where(call, hot, Folding.slice(call, values, 0, 1, 2), Folding.slice(call, values, 0, 0, 1));
    }

    /**
     * The k largest or smallest elements along an axis in order, the first of equal ones first, and their places. An element's rank is the
     * number of those before it in that order. With NaN among them, the order is not defined.
     */
    private static List<Operand> topK(Call call) {
        Operand x = call.operand(0);
        int rank = x.shape().rank();
        int axis = call.axis(call.integer("axis", -1), rank);
        long extent = x.shape().dim(axis);
        long k = call.version() < COUNT_IS_INPUT ? call.integer("k", -1) : (long) call.number(1, "K");
        call.require(k >= 0 && k <= extent, "K is %d, needs a number from 0 to %d, the extent of axis %d of input %s.", k, extent, axis,
                x.shape());
        call.require(extent <= LONGEST, "axis %d of input %s has extent %d, Lamina orders at most %d elements.", axis, x.shape(), extent,
                LONGEST);
        // One axis more: along the axis itself the elements that are ranked, along the last one those that they are compared with.
        Operand ranked = Folding.reshape(call, x, inserted(x.shape(), rank));
        int[] order = new int[rank + 1];
        Arrays.setAll(order, a -> a == axis ? rank : a == rank ? axis : a);
        Operand others = Folding.transpose(call, ranked, order);
        Comparison before = call.integer("largest", 1) != 0 ? GREATER : LESS;
        Operand earlier = Folding.compare(call, LESS, IndexingOperators.steps(rank + 1, rank, extent, 1),
                IndexingOperators.steps(rank + 1, axis, extent, 1));
        Operand beats = Folding.binary(call, OR, Folding.compare(call, before, others, ranked),
                Folding.binary(call, AND, Folding.compare(call, EQUAL, others, ranked), earlier));
        Operand ranks = Folding.reduce(call, Fold.SUM, Folding.cast(call, beats, DType.INT32), List.of(rank));
        Operand wanted = Folding.cast(call, IndexingOperators.steps(rank + 1, rank, k, 1), DType.INT32);
        Operand chosen = Folding.compare(call, EQUAL, ranks, wanted);
        Operand found = Folding.reduce(call, Fold.SUM, Folding.where(call, chosen, IndexingOperators.steps(rank + 1, axis, extent, 1),
                zero(DType.INT64)), List.of(axis));
        Operand places = Folding.reshape(call, Folding.transpose(call, found, order), x.shape().with(axis, k));
        Operand inside = Folding.binary(call, MIN, places, IndexingOperators.scalar(extent - 1));
        return List.of(IndexingOperators.gatherElements(call, x, inside, axis), inside);
    }

    private static Shape inserted(Shape shape, int axis) {
        long[] dims = Arrays.copyOf(shape.toArray(), shape.rank() + 1);
        System.arraycopy(dims, axis, dims, axis + 1, shape.rank() - axis);
        dims[axis] = 1;
        return Shape.of(dims);
    }

    private static Operand zero(DType dtype) {
        return Operand.of(Tensor.scalar(dtype, 0));
    }
}
