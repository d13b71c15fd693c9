package dev.lamina.graph;

import dev.lamina.tensor.Shape;
import java.util.List;

/**
 * Two-dimensional convolution and its two gradients.
 *
 * <p>{@code y[n,k,p,q] = b[k] + Σ_{c,r,s} w[k,c,r,s] x[n, c, pS - P + r d, qS - P + s d]}, zero outside the image: cross-correlation, which
 * all libraries call convolution. Images are {@code [N, C, H, W]}, filters {@code [K, C / groups, R, S]}. Filter k of group g sees the
 * channels of group g only.
 */
public sealed interface Convolution extends Op {
    /** Kernel, stride, padding, dilation and rounding. */
    Window window();

    /** Number of groups that channels and filters are split into. */
    long groups();

    /**
     * Operands: input {@code [N, C, H, W]}, filter {@code [K, C / groups, R, S]}, optionally bias {@code [K]}. Result
     * {@code [N, K, P, Q]}.
     */
    record Conv2d(Window window, long groups) implements Convolution {
        @Override
        public String name() {
            return "conv2d";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 3);
            in.rank(0, "input", 4, "[N, C, H, W]");
            in.rank(1, "filter", 4, "[K, C / groups, R, S]");
            in.floating(0, "input");
            in.sameDType(0, "input", 1, "filter");
            window.check(in);
            Shape x = in.shape(0);
            Shape w = in.shape(1);
            in.require(groups >= 1, "groups = %d, needs >= 1.", groups);
            in.require(x.dim(1) % groups == 0, "input has %d channels, groups = %d does not divide them; input %s.", x.dim(1), groups, x);
            in.require(w.dim(0) % groups == 0, "filter has %d outputs, groups = %d does not divide them; filter %s.", w.dim(0), groups, w);
            in.require(x.dim(1) == w.dim(1) * groups, "input has %d channels, filter expects %d%s; input %s, filter %s.",
                    x.dim(1), w.dim(1) * groups, groups == 1 ? "" : " (" + groups + " groups of " + w.dim(1) + ")", x, w);
            in.require(w.dim(2) == window.h().kernel() && w.dim(3) == window.w().kernel(),
                    "filter is %d x %d, the window %d x %d; filter %s.", w.dim(2), w.dim(3), window.h().kernel(), window.w().kernel(), w);
            if (in.count() == 3) {
                in.shape(2, "bias", Shape.of(w.dim(0)), "one number a filter");
                in.sameDType(0, "input", 2, "bias");
            }
            return List.of(in.type(0).withShape(
                    Shape.of(x.dim(0), w.dim(0), window.h().output(in, x.dim(2)), window.w().output(in, x.dim(3)))));
        }

        @Override
        public long macs(List<TensorType> inputs, List<TensorType> outputs) {
            Shape w = inputs.get(1).shape();
            return Math.multiplyExact(outputs.get(0).elements(), w.dim(1) * w.dim(2) * w.dim(3));
        }

        @Override
        public Value[] gradient(Backward back) {
            Value[] gradients = back.none();
            if (back.wants(0)) {
                gradients[0] = dataGradient(back.grad(), back.input(1), window, groups, back.input(0).shape());
            }
            if (back.wants(1)) {
                gradients[1] = filterGradient(back.input(0), back.grad(), window, groups, back.input(1).shape());
            }
            if (back.wants(2)) {
                gradients[2] = Reduction.sum(back.grad(), 0, 2, 3);
            }
            return gradients;
        }
    }

    /**
     * The transposed convolution: operands are the output's gradient {@code [N, K, P, Q]} and the filter; result is the input's gradient of
     * the stated extents.
     */
    record Conv2dDataGradient(Window window, long groups, Shape inputShape) implements Convolution {
        @Override
        public String name() {
            return "conv2dDataGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            TensorType forward = forward(in, this, new TensorType(in.dtype(0), inputShape), in.type(1));
            in.shape(0, "gradient", forward.shape(), "the shape of the convolution's output");
            return List.of(in.type(0).withShape(inputShape));
        }

        @Override
        public long macs(List<TensorType> inputs, List<TensorType> outputs) {
            Shape w = inputs.get(1).shape();
            return Math.multiplyExact(inputs.get(0).elements(), w.dim(1) * w.dim(2) * w.dim(3));
        }

        @Override
        public Value[] gradient(Backward back) {
            Value[] gradients = back.none();
            if (back.wants(0)) {
                gradients[0] = conv2d(back.grad(), back.input(1), window, groups);
            }
            if (back.wants(1)) {
                gradients[1] = filterGradient(back.grad(), back.input(0), window, groups, back.input(1).shape());
            }
            return gradients;
        }
    }

    /** Operands are the input and the output's gradient; result is the filter's gradient of the stated extents. */
    record Conv2dFilterGradient(Window window, long groups, Shape filterShape) implements Convolution {
        @Override
        public String name() {
            return "conv2dFilterGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            TensorType forward = forward(in, this, in.type(0), new TensorType(in.dtype(0), filterShape));
            in.shape(1, "gradient", forward.shape(), "the shape of the convolution's output");
            in.sameDType(0, "input", 1, "gradient");
            return List.of(in.type(0).withShape(filterShape));
        }

        @Override
        public long macs(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(inputs.get(1).elements(), filterShape.dim(1) * filterShape.dim(2) * filterShape.dim(3));
        }

        @Override
        public Value[] gradient(Backward back) {
            Value[] gradients = back.none();
            if (back.wants(0)) {
                gradients[0] = dataGradient(back.input(1), back.grad(), window, groups, back.input(0).shape());
            }
            if (back.wants(1)) {
                gradients[1] = conv2d(back.input(0), back.grad(), window, groups);
            }
            return gradients;
        }
    }

    private static TensorType forward(OpInputs in, Convolution op, TensorType x, TensorType w) {
        return new Conv2d(op.window(), op.groups()).infer(in.withTypes(List.of(x, w))).getFirst();
    }

    /** Adds a convolution without bias. */
    static Value conv2d(Value input, Value filter, Window window, long groups) {
        return input.graph().add(new Conv2d(window, groups), input, filter);
    }

    /** Adds a convolution with bias. */
    static Value conv2d(Value input, Value filter, Value bias, Window window, long groups) {
        return input.graph().add(new Conv2d(window, groups), input, filter, bias);
    }

    /**
     * Adds a true convolution, {@code Σ f[i,j] g[x-i, y-j]}: the same with every filter rotated by 180 degrees.
     */
    static Value trueConv2d(Value input, Value filter, Window window, long groups) {
        String name = input.graph().takeName();
        Value rotated = Shaping.reverse(filter, 2, 3);
        input.graph().name(name);
        return conv2d(input, rotated, window, groups);
    }

    /** Adds a transposed convolution whose result has the stated shape: the adjoint of the convolution with these attributes. */
    static Value dataGradient(Value gradient, Value filter, Window window, long groups, Shape inputShape) {
        return gradient.graph().add(new Conv2dDataGradient(window, groups, inputShape), gradient, filter);
    }

    /** Adds the gradient of a convolution by its filter. */
    static Value filterGradient(Value input, Value gradient, Window window, long groups, Shape filterShape) {
        return input.graph().add(new Conv2dFilterGradient(window, groups, filterShape), input, gradient);
    }
}
