package dev.lamina.graph;

import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Ops that move elements without computing on them. They take every element type. */
public sealed interface Shaping extends Op {

    /** The same elements in row-major order under another shape. */
    record Reshape(Shape shape) implements Shaping {
        @Override
        public String name() {
            return "reshape";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.require(in.shape(0).elements() == shape.elements(), "input %s has %d elements, target %s has %d.",
                    in.shape(0), in.shape(0).elements(), shape, shape.elements());
            return List.of(in.type(0).withShape(shape));
        }

        @Override
        public boolean isView() {
            return true;
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {reshape(back.grad(), back.input(0).shape())};
        }
    }

    /** The operand itself, through which no gradient flows. */
    record StopGradient() implements Shaping {
        @Override
        public String name() {
            return "stopGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            return List.of(in.type(0));
        }

        @Override
        public boolean isView() {
            return true;
        }

        @Override
        public java.util.Optional<String> whyNoGradient() {
            return java.util.Optional.of("it was put there for that.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return back.none();
        }
    }

    /** Axes permuted: axis i of the result is axis {@code order[i]} of the operand. */
    record Transpose(List<Integer> order) implements Shaping {
        @Override
        public String name() {
            return "transpose";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            int rank = in.shape(0).rank();
            in.require(order.stream().sorted().toList().equals(IntStream.range(0, rank).boxed().toList()),
                    "%s is not a permutation of the %d axes of input %s.", order, rank, in.shape(0));
            return List.of(in.type(0).withShape(Shape.of(order.stream().mapToLong(in.shape(0)::dim).toArray())));
        }

        @Override
        public Value[] gradient(Backward back) {
            int[] inverse = new int[order.size()];
            for (int i = 0; i < inverse.length; i++) {
                inverse[order.get(i)] = i;
            }
            return new Value[] {transpose(back.grad(), inverse)};
        }
    }

    /** The operand stretched to a shape under NumPy's broadcasting rule. */
    record BroadcastTo(Shape shape) implements Shaping {
        @Override
        public String name() {
            return "broadcastTo";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            boolean fits;
            try {
                fits = Shape.broadcast(in.shape(0), shape).equals(shape);
            } catch (IllegalArgumentException e) {
                fits = false;
            }
            in.require(fits, "input %s does not broadcast to %s.", in.shape(0), shape);
            return List.of(in.type(0).withShape(shape));
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {Reduction.sumTo(back.grad(), back.input(0).shape())};
        }
    }

    /** Operands joined along an axis; other extents are equal. */
    record Concat(int axis) implements Shaping {
        @Override
        public String name() {
            return "concat";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.require(in.count() >= 1, "takes at least one operand.");
            in.axis(0, axis);
            Shape first = in.shape(0);
            long extent = 0;
            for (int i = 0; i < in.count(); i++) {
                in.sameDType(0, "operand 0", i, "operand " + i);
                in.require(in.shape(i).rank() == first.rank() && in.shape(i).with(axis, 0).equals(first.with(axis, 0)),
                        "operand %d %s and operand 0 %s differ outside axis %d.", i, in.shape(i), first, axis);
                extent = Math.addExact(extent, in.shape(i).dim(axis));
            }
            return List.of(in.type(0).withShape(first.with(axis, extent)));
        }

        @Override
        public Value[] gradient(Backward back) {
            Value[] gradients = back.none();
            long start = 0;
            for (int i = 0; i < gradients.length; i++) {
                long extent = back.input(i).shape().dim(axis);
                if (back.wants(i)) {
                    gradients[i] = slice(back.grad(), axis, start, start + extent);
                }
                start += extent;
            }
            return gradients;
        }
    }

    /** Elements {@code starts[a], starts[a] + steps[a], ...} below {@code ends[a]} along every axis; steps are positive. */
    record Slice(List<Long> starts, List<Long> ends, List<Long> steps) implements Shaping {
        @Override
        public String name() {
            return "slice";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            Shape x = in.shape(0);
            in.require(starts.size() == x.rank() && ends.size() == x.rank() && steps.size() == x.rank(),
                    "starts, ends and steps have %d, %d and %d numbers, input %s has rank %d.",
                    starts.size(), ends.size(), steps.size(), x, x.rank());
            long[] dims = new long[x.rank()];
            for (int a = 0; a < dims.length; a++) {
                in.require(steps.get(a) >= 1, "step = %d at axis %d, needs >= 1. Reverse the axis instead.", steps.get(a), a);
                in.require(0 <= starts.get(a) && starts.get(a) <= ends.get(a) && ends.get(a) <= x.dim(a),
                        "range %d..%d is outside axis %d of input %s.", starts.get(a), ends.get(a), a, x);
                dims[a] = Math.ceilDiv(ends.get(a) - starts.get(a), steps.get(a));
            }
            return List.of(in.type(0).withShape(Shape.of(dims)));
        }

        @Override
        public Value[] gradient(Backward back) {
            Shape x = back.input(0).shape();
            Shape y = back.output(0).shape();
            List<Long> before = starts;
            List<Long> interior = steps.stream().map(s -> s - 1).toList();
            List<Long> after = IntStream.range(0, x.rank()).mapToObj(a -> {
                long covered = y.dim(a) == 0 ? 0 : (y.dim(a) - 1) * steps.get(a) + 1;
                return x.dim(a) - starts.get(a) - covered;
            }).toList();
            return new Value[] {back.grad().graph().add(new Pad(before, after, interior, 0), back.grad())};
        }
    }

    /** The operand with a constant around it and, if {@code interior} says so, between its elements. */
    record Pad(List<Long> before, List<Long> after, List<Long> interior, double value) implements Shaping {
        @Override
        public String name() {
            return "pad";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            Shape x = in.shape(0);
            in.require(before.size() == x.rank() && after.size() == x.rank() && interior.size() == x.rank(),
                    "before, after and interior have %d, %d and %d numbers, input %s has rank %d.",
                    before.size(), after.size(), interior.size(), x, x.rank());
            long[] dims = new long[x.rank()];
            for (int a = 0; a < dims.length; a++) {
                in.require(before.get(a) >= 0 && after.get(a) >= 0 && interior.get(a) >= 0,
                        "padding %d, %d, %d at axis %d, needs >= 0. Slice instead.", before.get(a), after.get(a), interior.get(a), a);
                long inner = Math.multiplyExact(Math.max(0, x.dim(a) - 1), interior.get(a));
                dims[a] = Math.addExact(Math.addExact(x.dim(a), inner), Math.addExact(before.get(a), after.get(a)));
            }
            return List.of(in.type(0).withShape(Shape.of(dims)));
        }

        @Override
        public Value[] gradient(Backward back) {
            Shape y = back.output(0).shape();
            List<Long> ends = IntStream.range(0, y.rank()).mapToObj(a -> y.dim(a) - after.get(a)).toList();
            List<Long> steps = interior.stream().map(i -> i + 1).toList();
            return new Value[] {back.grad().graph().add(new Slice(before, ends, steps), back.grad())};
        }
    }

    /** The operand with the order of elements reversed along axes. */
    record Reverse(List<Integer> axes) implements Shaping {
        @Override
        public String name() {
            return "reverse";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            axes.forEach(a -> in.axis(0, a));
            return List.of(in.type(0));
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {back.grad().graph().add(this, back.grad())};
        }
    }

    /**
     * Operands x and integer indices: along the axis, position {@code indices[i...]} of x. Result {@code x[:axis] + indices + x[axis+1:]}.
     * Negative indices count from the end; others outside the axis are errors at run time where the backend can see them.
     */
    record Gather(int axis) implements Shaping {
        @Override
        public String name() {
            return "gather";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            in.axis(0, axis);
            in.index(1, "indices");
            return List.of(in.type(0).withShape(gathered(in.shape(0), in.shape(1))));
        }

        private Shape gathered(Shape x, Shape indices) {
            return Shape.of(IntStream.range(0, x.rank() - 1 + indices.rank()).mapToLong(a ->
                    a < axis ? x.dim(a) : a < axis + indices.rank() ? indices.dim(a - axis) : x.dim(a - indices.rank() + 1)).toArray());
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {
                back.grad().graph().add(new GatherGradient(axis, back.input(0).shape()), back.grad(), back.input(1)), null};
        }
    }

    /** The adjoint of {@link Gather}: operands gradient and indices; sums into zeros of the stated shape, in order of indices. */
    record GatherGradient(int axis, Shape inputShape) implements Shaping {
        @Override
        public String name() {
            return "gatherGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            in.index(1, "indices");
            in.floating(0, "gradient");
            in.shape(0, "gradient", new Gather(axis).gathered(inputShape, in.shape(1)), "the shape of the gather's output");
            return List.of(in.type(0).withShape(inputShape));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return inputs.get(0).elements();
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {gather(back.grad(), back.input(1), axis), null};
        }
    }

    @Override
    default long flops(List<TensorType> inputs, List<TensorType> outputs) {
        return 0;
    }

    /** Adds a reshape, or nothing if the shape is the same. */
    static Value reshape(Value x, Shape shape) {
        return x.shape().equals(shape) ? x : x.graph().add(new Reshape(shape), x);
    }

    /** Adds a reshape to {@code [N, everything else]}. */
    static Value flatten(Value x) {
        long n = x.shape().dim(0);
        return reshape(x, Shape.of(n, n == 0 ? x.shape().with(0, 1).elements() : x.shape().elements() / n));
    }

    /** Adds a barrier to gradients. */
    static Value stopGradient(Value x) {
        return x.graph().add(new StopGradient(), x);
    }

    /** Adds a permutation of axes. */
    static Value transpose(Value x, int... order) {
        return x.graph().add(new Transpose(Arrays.stream(order).boxed().toList()), x);
    }

    /** Adds a stretch to a shape, or nothing if the shape is the same. */
    static Value broadcastTo(Value x, Shape shape) {
        return x.shape().equals(shape) ? x : x.graph().add(new BroadcastTo(shape), x);
    }

    /** Adds a junction along an axis; negative axes count from the end. */
    static Value concat(int axis, Value... parts) {
        return parts[0].graph().add(new Concat(axis < 0 ? axis + parts[0].shape().rank() : axis), parts);
    }

    /** Adds the positions {@code [start, end)} along one axis. */
    static Value slice(Value x, int axis, long start, long end) {
        Long[] starts = new Long[x.shape().rank()];
        Arrays.fill(starts, 0L);
        Long[] ends = Arrays.stream(x.shape().toArray()).boxed().toArray(Long[]::new);
        starts[x.shape().axis(axis)] = start;
        ends[x.shape().axis(axis)] = end;
        return slice(x, List.of(starts), List.of(ends), java.util.Collections.nCopies(starts.length, 1L));
    }

    /** Adds a strided slice with a start, end and step for every axis. */
    static Value slice(Value x, List<Long> starts, List<Long> ends, List<Long> steps) {
        return x.graph().add(new Slice(starts, ends, steps), x);
    }

    /** Adds a constant border, with a width before and after every axis. */
    static Value pad(Value x, List<Long> before, List<Long> after, double value) {
        return x.graph().add(new Pad(before, after, java.util.Collections.nCopies(before.size(), 0L), value), x);
    }

    /** Adds a reversal along axes. */
    static Value reverse(Value x, int... axes) {
        return x.graph().add(new Reverse(Arrays.stream(axes).map(a -> x.shape().axis(a)).sorted().boxed().toList()), x);
    }

    /** Adds a selection of positions along an axis. */
    static Value gather(Value x, Value indices, int axis) {
        return x.graph().add(new Gather(x.shape().axis(axis)), x, indices);
    }
}
