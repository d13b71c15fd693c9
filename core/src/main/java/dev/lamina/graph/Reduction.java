package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Ops that fold axes into one number. */
public sealed interface Reduction extends Op {

    /** How elements are folded. SUM of nothing is 0, MEAN of nothing NaN; MAX and MIN of nothing are errors; NaN wins MAX and MIN. */
    enum Fold { SUM, MEAN, MAX, MIN }

    /**
     * Folds the stated axes (sorted, non-negative). MAX and MIN spread their gradient evenly over ties, as PyTorch's {@code amax} does.
     *
     * @param keepDims whether folded axes stay with extent 1
     */
    record Reduce(Fold fold, List<Integer> axes, boolean keepDims) implements Reduction {
        @Override
        public String name() {
            return "reduce" + fold.name().charAt(0) + fold.name().substring(1).toLowerCase(java.util.Locale.ROOT);
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            Shape x = in.shape(0);
            in.require(in.dtype(0) != DType.BOOL, "input is bool, needs a number. Cast it first.");
            in.require(fold != Fold.MEAN || in.dtype(0).isFloating(), "input is %s, a mean needs a floating-point type. Cast it first.",
                    in.dtype(0));
            boolean empty = false;
            for (int axis : axes) {
                in.axis(0, axis);
                empty |= x.dim(axis) == 0;
            }
            in.require(!empty || fold == Fold.SUM || fold == Fold.MEAN, "axes %s of input %s hold no element.", axes, x);
            return List.of(in.type(0).withShape(reduced(x, axes, keepDims)));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return inputs.get(0).elements();
        }

        @Override
        public Value[] gradient(Backward back) {
            Shape x = back.input(0).shape();
            Shape kept = reduced(x, axes, true);
            Value g = Shaping.reshape(back.grad(), kept);
            return new Value[] {switch (fold) {
                case SUM -> Shaping.broadcastTo(g, x);
                case MEAN -> Shaping.broadcastTo(g.times((double) Math.max(1, kept.elements()) / Math.max(1, x.elements())), x);
                case MAX, MIN -> {
                    Value best = Shaping.reshape(back.output(0), kept);
                    Value ties = Pointwise.cast(Pointwise.compare(Pointwise.Comparison.EQUAL, back.input(0), best), g.dtype());
                    Value count = g.graph().add(new Reduce(Fold.SUM, axes, true), ties);
                    yield ties.times(g.dividedBy(count));
                }
            }};
        }
    }

    /** Position of the largest element along an axis, int64; the first at ties; NaN wins. */
    record ArgMax(int axis, boolean keepDims) implements Reduction {
        @Override
        public String name() {
            return "argMax";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.axis(0, axis);
            in.require(in.shape(0).dim(axis) > 0, "axis %d of input %s holds no element.", axis, in.shape(0));
            return List.of(new TensorType(DType.INT64, reduced(in.shape(0), List.of(axis), keepDims)));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return inputs.get(0).elements();
        }

        @Override
        public Optional<String> whyNoGradient() {
            return Optional.of("a position is not differentiable.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return back.none();
        }
    }

    private static Shape reduced(Shape x, List<Integer> axes, boolean keepDims) {
        List<Long> dims = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            if (!axes.contains(axis)) {
                dims.add(x.dim(axis));
            } else if (keepDims) {
                dims.add(1L);
            }
        }
        return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    }

    /** Adds a fold; no axes mean all of them; negative axes count from the end. */
    static Value reduce(Fold fold, Value x, boolean keepDims, int... axes) {
        int rank = x.shape().rank();
        int[] all = axes.length == 0 ? IntStream.range(0, rank).toArray() : axes;
        List<Integer> sorted = Arrays.stream(all).map(a -> a < 0 ? a + rank : a).sorted().boxed().toList();
        if (sorted.stream().distinct().count() < sorted.size()) {
            throw new GraphException("reduce: axes " + Arrays.toString(axes) + " name an axis of " + x.shape() + " twice.");
        }
        return x.graph().add(new Reduce(fold, sorted, keepDims), x);
    }

    /** Adds a sum over axes, all if none are named. */
    static Value sum(Value x, int... axes) {
        return reduce(Fold.SUM, x, false, axes);
    }

    /** Adds a sum over axes that stay with extent 1. */
    static Value sumKeepDims(Value x, int... axes) {
        return reduce(Fold.SUM, x, true, axes);
    }

    /** Adds a mean over axes, all if none are named. */
    static Value mean(Value x, int... axes) {
        return reduce(Fold.MEAN, x, false, axes);
    }

    /** Adds a maximum over axes, all if none are named. */
    static Value max(Value x, int... axes) {
        return reduce(Fold.MAX, x, false, axes);
    }

    /** Adds a minimum over axes, all if none are named. */
    static Value min(Value x, int... axes) {
        return reduce(Fold.MIN, x, false, axes);
    }

    /** Adds the position of the largest element along an axis. */
    static Value argMax(Value x, int axis) {
        return x.graph().add(new ArgMax(axis < 0 ? axis + x.shape().rank() : axis, false), x);
    }

    /** Adds the sum over those axes along which a value of the target shape would be stretched to x: the adjoint of broadcasting. */
    static Value sumTo(Value x, Shape target) {
        if (x.shape().equals(target)) {
            return x;
        }
        int extra = x.shape().rank() - target.rank();
        int[] axes = IntStream.range(0, x.shape().rank())
                .filter(a -> a < extra || target.dim(a - extra) == 1 && x.shape().dim(a) != 1).toArray();
        Value summed = axes.length == 0 ? x : reduce(Fold.SUM, x, true, axes);
        return Shaping.reshape(summed, target);
    }
}
