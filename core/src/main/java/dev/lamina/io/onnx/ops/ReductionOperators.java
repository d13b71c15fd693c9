package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.BinaryFunction.ADD;
import static dev.lamina.graph.Pointwise.BinaryFunction.MULTIPLY;
import static dev.lamina.graph.Pointwise.BinaryFunction.SUBTRACT;
import static java.util.Map.entry;

import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Sums, norms, products, extremes and their positions along axes. */
final class ReductionOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("ArgMax", Operator.of(call -> position(call, call.operand(0)))),
            entry("ArgMin", Operator.of(call -> position(call, reversed(call, call.operand(0))))),
            entry("ReduceL1", reduction((call, x, axes) ->
                    Folding.reduce(call, Fold.SUM, Folding.unary(call, UnaryFunction.ABS, x), axes))),
            entry("ReduceL2", reduction((call, x, axes) -> Folding.unary(call, UnaryFunction.SQRT, sumOfSquares(call, x, axes)))),
            entry("ReduceLogSum", reduction((call, x, axes) ->
                    Folding.unary(call, UnaryFunction.LOG, Folding.reduce(call, Fold.SUM, x, axes)))),
            entry("ReduceLogSumExp", reduction(ReductionOperators::logSumExp)),
            entry("ReduceMax", reduction((call, x, axes) -> extreme(call, Fold.MAX, x, axes))),
            entry("ReduceMean", reduction((call, x, axes) -> Folding.reduce(call, Fold.MEAN, x, axes))),
            entry("ReduceMin", reduction((call, x, axes) -> extreme(call, Fold.MIN, x, axes))),
            entry("ReduceProd", reduction(ReductionOperators::product)),
            entry("ReduceSum", reduction((call, x, axes) -> Folding.reduce(call, Fold.SUM, x, axes))),
            entry("ReduceSumSquare", reduction(ReductionOperators::sumOfSquares)));

    private ReductionOperators() { }

    /** Folds axes, numbers from 0 in order, which stay with extent 1. None may be named: then numbers are folded one by one. */
    @FunctionalInterface
    private interface Folded {
        Operand apply(Call call, Operand x, List<Integer> axes);
    }

    private static Operator reduction(Folded folded) {
        return Operator.of(call -> {
            Operand x = call.operand(0);
            List<Integer> axes = axes(call, x.shape().rank());
            Operand kept = folded.apply(call, x, axes);
            return call.integer("keepdims", 1) != 0 ? kept : Folding.reshape(call, kept, without(x.shape(), axes));
        });
    }

    private static List<Integer> axes(Call call, int rank) {
        long[] named = call.integers("axes", 1).orElse(new long[0]);
        if (named.length == 0) {
            return call.integer("noop_with_empty_axes", 0) != 0 ? List.of() : IntStream.range(0, rank).boxed().toList();
        }
        List<Integer> axes = new ArrayList<>();
        for (long axis : named) {
            int positive = call.axis(axis, rank);
            call.require(!axes.contains(positive), "axes %s name axis %d twice.", Arrays.toString(named), positive);
            axes.add(positive);
        }
        return axes.stream().sorted().toList();
    }

    private static Shape without(Shape shape, List<Integer> axes) {
        return Shape.of(IntStream.range(0, shape.rank()).filter(a -> !axes.contains(a)).mapToLong(shape::dim).toArray());
    }

    private static Operand sumOfSquares(Call call, Operand x, List<Integer> axes) {
        return Folding.reduce(call, Fold.SUM, Folding.unary(call, UnaryFunction.SQUARE, x), axes);
    }

    /** {@code m + log(sum e^(x - m))} with the largest number m, through which no gradient needs to flow. */
    private static Operand logSumExp(Call call, Operand x, List<Integer> axes) {
        boolean empty = axes.stream().anyMatch(a -> x.shape().dim(a) == 0);
        if (empty || Folding.known(x.shape(), x)) {
            Operand sum = Folding.reduce(call, Fold.SUM, Folding.unary(call, UnaryFunction.EXP, x), axes);
            return Folding.unary(call, UnaryFunction.LOG, sum);
        }
        Operand largest = Operand.of(Shaping.stopGradient(call.wire(Folding.reduce(call, Fold.MAX, x, axes), false)));
        // An infinite one is not taken away: infinity - infinity is no number.
        Operand infinite = Folding.compare(call, Comparison.EQUAL, Folding.unary(call, UnaryFunction.ABS, largest),
                scalar(x.dtype(), Double.POSITIVE_INFINITY));
        Operand shift = Folding.where(call, infinite, scalar(x.dtype(), 0), largest);
        Operand powers = Folding.unary(call, UnaryFunction.EXP, Folding.binary(call, SUBTRACT, x, shift));
        Operand log = Folding.unary(call, UnaryFunction.LOG, Folding.reduce(call, Fold.SUM, powers, axes));
        return Folding.binary(call, ADD, log, shift);
    }

    /** Of truth values, the largest is whether one holds, the smallest whether all hold. */
    private static Operand extreme(Call call, Fold fold, Operand x, List<Integer> axes) {
        Operand numbers = x.dtype() == DType.BOOL ? Folding.cast(call, x, DType.INT32) : x;
        return Folding.cast(call, Folding.reduce(call, fold, numbers, axes), x.dtype());
    }

    /** Halves are multiplied until one is left, which takes as many products as the count has binary digits. */
    private static Operand product(Call call, Operand x, List<Integer> axes) {
        if (axes.isEmpty()) {
            return x;
        }
        Shape rest = without(x.shape(), axes);
        int[] order = IntStream.concat(IntStream.range(0, x.shape().rank()).filter(a -> !axes.contains(a)),
                axes.stream().mapToInt(Integer::intValue)).toArray();
        long count = axes.stream().mapToLong(x.shape()::dim).reduce(1, Math::multiplyExact);
        Shape kept = x.shape();
        for (int axis : axes) {
            kept = kept.with(axis, 1);
        }
        if (count == 0) {
            return Operand.of(Tensor.full(x.dtype(), kept, 1));
        }
        Operand rows = Folding.reshape(call, Folding.transpose(call, x, order), Shape.of(rest.elements(), count));
        for (long left = count; left > 1; left = (left + 1) / 2) {
            long half = left / 2;
            Operand product = Folding.binary(call, MULTIPLY, Folding.slice(call, rows, 1, 0, half),
                    Folding.slice(call, rows, 1, half, 2 * half));
            rows = left % 2 == 0 ? product : Folding.concat(call, 1, List.of(product, Folding.slice(call, rows, 1, 2 * half, left)));
        }
        return Folding.reshape(call, rows, kept);
    }

    // --- positions ----------------------------------------------------------------------------------------------------------------------

    /** The same numbers in opposite order of size. */
    private static Operand reversed(Call call, Operand x) {
        if (x.dtype().isFloating()) {
            return Folding.unary(call, UnaryFunction.NEGATE, x);
        }
        // -1 - x turns the order of all integers of a type with a sign.
        Operand signed = x.dtype() == DType.UINT8 ? Folding.cast(call, x, DType.INT32) : x;
        return Folding.binary(call, SUBTRACT, scalar(signed.dtype(), -1), signed);
    }

    private static Operand position(Call call, Operand x) {
        int axis = call.axis(call.integer("axis", 0), x.shape().rank());
        boolean last = call.integer("select_last_index", 0) != 0;
        Optional<Tensor> end = last ? Optional.of(Tensor.scalar(DType.INT64, x.shape().dim(axis) - 1)) : Optional.empty();
        Operand ordered = last ? Folding.reverse(call, x, axis) : x;
        Value value = call.wire(ordered, false);
        Operand first = Operand.of(value.graph().add(new Reduction.ArgMax(axis, call.integer("keepdims", 1) != 0), value));
        return end.map(e -> Folding.binary(call, SUBTRACT, Operand.of(e), first)).orElse(first);
    }

    private static Operand scalar(DType dtype, double value) {
        return Operand.of(Tensor.scalar(dtype, value));
    }
}
