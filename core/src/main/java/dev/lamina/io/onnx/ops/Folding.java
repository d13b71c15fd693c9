package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lamina's ops on operands. Models compute shapes, axes and paddings from the shapes of values, and Lamina needs them before anything
 * runs. So an op whose operands are all known and which gives at most {@link #MOST} elements is computed at once; any other is added to the
 * graph. A weight counts as known only if it has at most {@link #TINY} elements and another operand is known: an optimiser could change it.
 */
final class Folding {
    /** Elements of results that are computed at once. */
    static final long MOST = 1 << 16;
    /** Elements of weights that are taken for factors of shapes. */
    static final long TINY = 4;

    private Folding() { }

    static Operand unary(Call call, UnaryFunction function, Operand x) {
        return HostArithmetic.has(function) && known(x.shape(), x) ? Operand.of(HostArithmetic.unary(function, tensor(x)))
                : Operand.of(Pointwise.unary(function, call.wire(x, false)));
    }

    /** Two operands of one type; integers are divided and raised only at once. */
    static Operand binary(Call call, BinaryFunction function, Operand a, Operand b) {
        same(call, a, b);
        if (known(Shape.broadcast(a.shape(), b.shape()), a, b)) {
            return Operand.of(HostArithmetic.binary(function, tensor(a), tensor(b)));
        }
        return Operand.of(Pointwise.binary(function, call.wire(a, false), call.wire(b, false)));
    }

    static Operand compare(Call call, Comparison comparison, Operand a, Operand b) {
        same(call, a, b);
        return known(Shape.broadcast(a.shape(), b.shape()), a, b)
                ? Operand.of(HostArithmetic.compare(comparison, tensor(a), tensor(b)))
                : Operand.of(Pointwise.compare(comparison, call.wire(a, false), call.wire(b, false)));
    }

    static Operand where(Call call, Operand condition, Operand a, Operand b) {
        same(call, a, b);
        call.require(condition.dtype() == DType.BOOL, "condition is %s, needs bool.", condition.dtype());
        return known(Shape.broadcast(condition.shape(), Shape.broadcast(a.shape(), b.shape())), condition, a, b)
                ? Operand.of(HostArithmetic.where(tensor(condition), tensor(a), tensor(b)))
                : Operand.of(Pointwise.where(call.wire(condition, false), call.wire(a, false), call.wire(b, false)));
    }

    private static void same(Call call, Operand a, Operand b) {
        call.require(a.dtype() == b.dtype(), "operands are %s and %s, need one type. Cast one of them.", a.dtype(), b.dtype());
    }

    static Operand cast(Call call, Operand x, DType dtype) {
        return x.dtype() == dtype ? x : known(x.shape(), x) ? Operand.of(tensor(x).cast(dtype))
                : Operand.of(Pointwise.cast(call.wire(x, false), dtype));
    }

    /** Folds axes, which stay with extent 1; none are none. */
    static Operand reduce(Call call, Fold fold, Operand x, List<Integer> axes) {
        return axes.isEmpty() ? x : known(x.shape(), x) ? Operand.of(HostArithmetic.reduce(fold, tensor(x), axes))
                : Operand.of(Reduction.reduce(fold, call.wire(x, false), true, axes.stream().mapToInt(Integer::intValue).toArray()));
    }

    static Operand reshape(Call call, Operand x, Shape shape) {
        return x.shape().equals(shape) ? x : known(shape, x) ? Operand.of(tensor(x).reshape(shape.toArray()))
                : Operand.of(Shaping.reshape(call.wire(x, false), shape));
    }

    static Operand transpose(Call call, Operand x, int... order) {
        return known(x.shape(), x) ? Operand.of(tensor(x).transpose(order).contiguous())
                : Operand.of(Shaping.transpose(call.wire(x, false), order));
    }

    static Operand broadcastTo(Call call, Operand x, Shape shape) {
        return x.shape().equals(shape) ? x : known(shape, x) ? Operand.of(HostShapes.broadcastTo(tensor(x), shape))
                : Operand.of(Shaping.broadcastTo(call.wire(x, false), shape));
    }

    static Operand concat(Call call, int axis, List<Operand> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        Operand[] all = parts.toArray(Operand[]::new);
        long elements = parts.stream().mapToLong(p -> p.shape().elements()).sum();
        return known(Shape.of(elements), all)
                ? Operand.of(HostShapes.concat(axis, parts.stream().map(Folding::tensor).toList()))
                : Operand.of(Shaping.concat(axis, parts.stream().map(p -> call.wire(p, false)).toArray(Value[]::new)));
    }

    /** Positions {@code [start, end)} along one axis. */
    static Operand slice(Call call, Operand x, int axis, long start, long end) {
        Shape shape = x.shape();
        Long[] starts = Collections.nCopies(shape.rank(), 0L).toArray(Long[]::new);
        Long[] ends = Arrays.stream(shape.toArray()).boxed().toArray(Long[]::new);
        starts[axis] = start;
        ends[axis] = end;
        return slice(call, x, new Shaping.Slice(List.of(starts), List.of(ends), Collections.nCopies(starts.length, 1L)));
    }

    static Operand slice(Call call, Operand x, Shaping.Slice slice) {
        boolean all = slice.steps().stream().allMatch(s -> s == 1) && slice.starts().stream().allMatch(s -> s == 0)
                && slice.ends().equals(Arrays.stream(x.shape().toArray()).boxed().toList());
        return all ? x : known(x.shape(), x) ? Operand.of(HostShapes.slice(tensor(x), slice))
                : Operand.of(Shaping.slice(call.wire(x, false), slice.starts(), slice.ends(), slice.steps()));
    }

    static Operand reverse(Call call, Operand x, int axis) {
        return known(x.shape(), x) ? Operand.of(HostShapes.reverse(tensor(x), axis))
                : Operand.of(Shaping.reverse(call.wire(x, false), axis));
    }

    /** A constant border, with a width >= 0 before and after every axis. */
    static Operand pad(Call call, Operand x, List<Long> before, List<Long> after, double value) {
        Shape shape = x.shape();
        for (int axis = 0; axis < before.size(); axis++) {
            shape = shape.with(axis, before.get(axis) + x.shape().dim(axis) + after.get(axis));
        }
        return shape.equals(x.shape()) ? x : known(shape, x) ? Operand.of(HostShapes.pad(tensor(x), before, after, value))
                : Operand.of(Shaping.pad(call.wire(x, false), before, after, value));
    }

    static Operand gather(Call call, Operand x, Operand indices, int axis) {
        call.require(indices.dtype() == DType.INT32 || indices.dtype() == DType.INT64, "indices are %s, need int32 or int64.",
                indices.dtype());
        return known(HostShapes.gathered(x.shape(), indices.shape(), axis), x, indices)
                ? Operand.of(HostShapes.gather(tensor(x), tensor(indices), axis))
                : Operand.of(Shaping.gather(call.wire(x, false), call.wire(indices, false), axis));
    }

    /** A function that Lamina has no op for. */
    static Operand onlyKnown(Call call, Function<Tensor, Tensor> function, Operand x) {
        return known(x.shape(), x) ? Operand.of(function.apply(tensor(x))) : notKnown(call, "Lamina has no such op when a model runs");
    }

    /** Fails since an operand is not known. */
    static Operand notKnown(Call call, String why) {
        throw new NotKnownException(call.node().title() + ": operands are computed when the model runs, must be known before: " + why
                + ". Give them as constants.");
    }

    /** Whether an op on these operands that gives this shape is computed at once. */
    static boolean known(Shape result, Operand... operands) {
        boolean some = false;
        for (Operand operand : operands) {
            switch (operand) {
                case Operand.Wired _ -> {
                    return false;
                }
                case Operand.Known _ -> some = true;
                case Operand.Weight(String _, Tensor tensor) -> {
                    if (tensor.elements() > TINY) {
                        return false;
                    }
                }
            }
        }
        return some && result.elements() <= MOST && Arrays.stream(operands).allMatch(o -> o.shape().elements() <= MOST);
    }

    private static Tensor tensor(Operand operand) {
        return Call.known(operand).orElseThrow();
    }

    /** What a conversion gives, with the node named in every error. */
    static List<Operand> naming(Call call, Supplier<List<Operand>> conversion) {
        try {
            return conversion.get();
        } catch (NotKnownException e) {
            throw e;
        } catch (IllegalArgumentException | ArithmeticException e) {
            String title = call.node().title() + ": ";
            throw e.getMessage() != null && e.getMessage().startsWith(title) ? e : call.error("%s", e.getMessage());
        }
    }
}
