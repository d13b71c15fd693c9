package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;

/**
 * Pooling of each map {@code [H, W]} of images {@code [N, C, H, W]} by itself.
 *
 * <p>A window's extent along an axis is {@code (N + 2P - K) / S + 1}, rounded as the window says; under CEIL a last window that would start
 * in the end padding is dropped. Padding may not exceed half of the kernel.
 */
public sealed interface Pooling extends Op {

    /**
     * Largest element of each window. Padding counts as -∞; the first maximum in row-major window order wins; NaN wins over numbers. A
     * dilated window all of whose taps fall in the padding gives -∞ and the winner -1, to which nothing flows back.
     *
     * <p>Operand {@code [N, C, H, W]}; results: values {@code [N, C, P, Q]} and winners, int32 of that shape, positions {@code h W + w}
     * within the map.
     */
    record MaxPool(Window window) implements Pooling {
        @Override
        public String name() {
            return "maxPool";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.floating(0, "input");
            Shape pooled = pooled(in, window);
            return List.of(in.type(0).withShape(pooled), new TensorType(DType.INT32, pooled));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return outputs.get(0).elements() * window.h().kernel() * window.w().kernel();
        }

        @Override
        public Value[] gradient(Backward back) {
            Shape x = back.input(0).shape();
            return new Value[] {back.node().input(0).graph().add(new MaxPoolGradient(x.dim(2), x.dim(3)), back.grad(), back.output(1))};
        }
    }

    /**
     * Sums each value into its winner's place: operands values {@code [N, C, P, Q]} and winners; result {@code [N, C, height, width]},
     * zero elsewhere.
     */
    record MaxPoolGradient(long height, long width) implements Pooling {
        @Override
        public String name() {
            return "maxPoolGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            return unpooled(in, height, width);
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {poolGather(back.grad(), back.input(1)), null};
        }
    }

    /** Like {@link MaxPoolGradient}, but a place that several windows chose takes the value of the last instead of the sum. */
    record MaxUnpool(long height, long width) implements Pooling {
        @Override
        public String name() {
            return "maxUnpool";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            return unpooled(in, height, width);
        }

        @Override
        public java.util.Optional<String> whyNoGradient() {
            return java.util.Optional.of("a place that several windows chose keeps one of their values only.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return back.none();
        }
    }

    /** Picks each winner's element: operands {@code [N, C, H, W]} and winners {@code [N, C, P, Q]}; result {@code [N, C, P, Q]}. */
    record PoolGather() implements Pooling {
        @Override
        public String name() {
            return "poolGather";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            in.rank(0, "input", 4, "[N, C, H, W]");
            in.rank(1, "winners", 4, "[N, C, P, Q]");
            in.require(in.dtype(1) == DType.INT32, "winners are %s, need int32.", in.dtype(1));
            in.require(in.shape(0).dim(0) == in.shape(1).dim(0) && in.shape(0).dim(1) == in.shape(1).dim(1),
                    "input %s and winners %s differ in images or channels.", in.shape(0), in.shape(1));
            return List.of(in.type(0).withShape(in.shape(1)));
        }

        @Override
        public Value[] gradient(Backward back) {
            Shape x = back.input(0).shape();
            return new Value[] {
                back.grad().graph().add(new MaxPoolGradient(x.dim(2), x.dim(3)), back.grad(), back.input(1)), null};
        }
    }

    /**
     * Mean of each window. Operand {@code [N, C, H, W]}, result {@code [N, C, P, Q]}.
     *
     * @param countIncludePad whether padding counts in the divisor (PyTorch's default); a window that hangs over the padded end under CEIL
     *     counts only what lies within it
     */
    record AvgPool(Window window, boolean countIncludePad) implements Pooling {
        @Override
        public String name() {
            return "avgPool";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.floating(0, "input");
            return List.of(in.type(0).withShape(pooled(in, window)));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return outputs.get(0).elements() * window.h().kernel() * window.w().kernel();
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {
                back.grad().graph().add(new AvgPoolGradient(window, countIncludePad, back.input(0).shape()), back.grad())};
        }
    }

    /** The adjoint of {@link AvgPool}: operand {@code [N, C, P, Q]}, result of the stated shape. */
    record AvgPoolGradient(Window window, boolean countIncludePad, Shape inputShape) implements Pooling {
        @Override
        public String name() {
            return "avgPoolGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.floating(0, "gradient");
            Shape forward = pooled(in.withTypes(List.of(in.type(0).withShape(inputShape))), window);
            in.shape(0, "gradient", forward, "the shape of the pooling's output");
            return List.of(in.type(0).withShape(inputShape));
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {back.grad().graph().add(new AvgPool(window, countIncludePad), back.grad())};
        }
    }

    /**
     * Mean over {@code height x width} bins of almost equal size: bin i covers {@code floor(i N / out)} to {@code ceil((i + 1) N / out)},
     * PyTorch's rule.
     */
    record AdaptiveAvgPool(long height, long width) implements Pooling {
        @Override
        public String name() {
            return "adaptiveAvgPool";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.floating(0, "input");
            in.rank(0, "input", 4, "[N, C, H, W]");
            in.require(height >= 1 && width >= 1, "output %d x %d, needs at least 1 x 1.", height, width);
            Shape x = in.shape(0);
            in.require(x.dim(2) >= 1 && x.dim(3) >= 1, "input map is empty: %s.", x);
            return List.of(in.type(0).withShape(Shape.of(x.dim(0), x.dim(1), height, width)));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return inputs.get(0).elements();
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {back.grad().graph().add(new AdaptiveAvgPoolGradient(back.input(0).shape()), back.grad())};
        }
    }

    /** The adjoint of {@link AdaptiveAvgPool}: operand {@code [N, C, P, Q]}, result of the stated shape. */
    record AdaptiveAvgPoolGradient(Shape inputShape) implements Pooling {
        @Override
        public String name() {
            return "adaptiveAvgPoolGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.rank(0, "gradient", 4, "[N, C, P, Q]");
            in.floating(0, "gradient");
            in.require(inputShape.rank() == 4 && in.shape(0).dim(0) == inputShape.dim(0) && in.shape(0).dim(1) == inputShape.dim(1),
                    "gradient %s and input %s differ in images or channels.", in.shape(0), inputShape);
            return List.of(in.type(0).withShape(inputShape));
        }

        @Override
        public Value[] gradient(Backward back) {
            Shape y = back.input(0).shape();
            return new Value[] {adaptiveAvgPool(back.grad(), y.dim(2), y.dim(3))};
        }
    }

    private static Shape pooled(OpInputs in, Window window) {
        in.rank(0, "input", 4, "[N, C, H, W]");
        window.check(in);
        Shape x = in.shape(0);
        return Shape.of(x.dim(0), x.dim(1), extent(in, window.h(), x.dim(2)), extent(in, window.w(), x.dim(3)));
    }

    private static long extent(OpInputs in, Window.Axis axis, long extent) {
        long padding = Math.max(axis.padBegin(), axis.padEnd());
        in.require(2 * padding <= axis.kernel(), "padding %d exceeds half of kernel %d; a window would hold only padding.",
                padding, axis.kernel());
        long windows = axis.output(in, extent);
        boolean lastStartsInPadding = (windows - 1) * axis.stride() >= extent + axis.padBegin();
        return axis.rounding() == Rounding.CEIL && lastStartsInPadding ? windows - 1 : windows;
    }

    private static List<TensorType> unpooled(OpInputs in, long height, long width) {
        in.count(2, 2);
        in.rank(0, "values", 4, "[N, C, P, Q]");
        in.floating(0, "values");
        in.shape(1, "winners", in.shape(0), "the shape of the values");
        in.require(in.dtype(1) == DType.INT32, "winners are %s, need int32.", in.dtype(1));
        in.require(height >= 0 && width >= 0, "output is %d x %d, needs at least 0 x 0.", height, width);
        return List.of(in.type(0).withShape(Shape.of(in.shape(0).dim(0), in.shape(0).dim(1), height, width)));
    }

    /** Adds max pooling; the result is its values. */
    static Value maxPool(Value x, Window window) {
        return maxPoolWithIndices(x, window).output(0);
    }

    /** Adds max pooling; output 0 of the node is the values, output 1 the winners. */
    static Node maxPoolWithIndices(Value x, Window window) {
        return x.graph().addNode(new MaxPool(window), List.of(x));
    }

    /** Adds unpooling: each value goes to its winner's place in a map of the given extents, zeros elsewhere. */
    static Value maxUnpool(Value values, Value winners, long height, long width) {
        return values.graph().add(new MaxUnpool(height, width), values, winners);
    }

    /** Adds the selection of winners' elements. */
    static Value poolGather(Value x, Value winners) {
        return x.graph().add(new PoolGather(), x, winners);
    }

    /** Adds average pooling; padding counts in the divisor. */
    static Value avgPool(Value x, Window window) {
        return x.graph().add(new AvgPool(window, true), x);
    }

    /** Adds average pooling whose divisor is the number of covered input elements. */
    static Value avgPoolExcludingPad(Value x, Window window) {
        return x.graph().add(new AvgPool(window, false), x);
    }

    /** Adds average pooling to a fixed output size. */
    static Value adaptiveAvgPool(Value x, long height, long width) {
        return x.graph().add(new AdaptiveAvgPool(height, width), x);
    }

    /** Adds the mean of every map, {@code [N, C, 1, 1]}. */
    static Value globalAvgPool(Value x) {
        return adaptiveAvgPool(x, 1, 1);
    }
}
