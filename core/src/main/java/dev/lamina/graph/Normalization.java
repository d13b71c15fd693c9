package dev.lamina.graph;

import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Batch normalisation (Ioffe and Szegedy 2015) and local response normalisation (Krizhevsky et al. 2012). */
public sealed interface Normalization extends Op {

    /**
     * {@code y = γ (x - μ) / sqrt(σ² + ε) + β} with the batch's own mean and biased variance over all axes but the second.
     *
     * <p>Operands x {@code [N, C, ...]}, γ and β {@code [C]}; results y, μ {@code [C]}, σ² {@code [C]}. One value per channel is an error.
     * Gradients flow through y only.
     */
    record BatchNormTraining(double epsilon) implements Normalization {
        @Override
        public String name() {
            return "batchNorm";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(3, 3);
            channels(in, List.of("gamma", "beta"));
            Shape x = in.shape(0);
            in.require(x.elements() != x.dim(1), "input %s has one value per channel; training needs at least 2.", x);
            return List.of(in.type(0), in.type(1), in.type(1));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(7, outputs.get(0).elements());
        }

        @Override
        public Value[] gradient(Backward back) {
            if (back.hasGrad(1) || back.hasGrad(2)) {
                throw new GraphException(back.node() + ": no gradient flows through the batch statistics; use the normalised output.");
            }
            Node node = back.grad().graph().addNode(new BatchNormGradient(epsilon),
                    List.of(back.grad(), back.input(0), back.input(1), back.output(1), back.output(2)));
            return node.outputs().toArray(Value[]::new);
        }
    }

    /**
     * Operands the gradient of y, x, γ, and the batch's μ and σ²; results the gradients of x, γ and β, with
     * {@code x̄ = γ/(m sqrt(σ²+ε)) (m ȳ - Σȳ - x̂ Σ ȳ x̂)}, m values a channel.
     */
    record BatchNormGradient(double epsilon) implements Normalization {
        @Override
        public String name() {
            return "batchNormGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(5, 5);
            in.sameType(0, "gradient", 1, "input");
            channels(in.withTypes(List.of(in.type(1), in.type(2), in.type(3), in.type(4))), List.of("gamma", "mean", "variance"));
            return List.of(in.type(1), in.type(2), in.type(2));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(11, outputs.get(0).elements());
        }

        @Override
        public Optional<String> whyNoGradient() {
            return Optional.of("second derivatives of batch normalisation are not offered.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return back.none();
        }
    }

    /** {@code y = γ (x - μ) / sqrt(σ² + ε) + β} with given statistics; operands x {@code [N, C, ...]}, γ, β, μ, σ² {@code [C]}. */
    record BatchNormInference(double epsilon) implements Normalization {
        @Override
        public String name() {
            return "batchNormInference";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(5, 5);
            channels(in, List.of("gamma", "beta", "mean", "variance"));
            return List.of(in.type(0));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(2, outputs.get(0).elements());
        }

        @Override
        public Value[] gradient(Backward back) {
            Shape x = back.input(0).shape();
            Shape channel = channelShape(x);
            Value g = back.grad();
            Value inverse = Pointwise.unary(Pointwise.UnaryFunction.RSQRT, back.input(4).plus(epsilon));
            Value scale = Shaping.reshape(back.input(1).times(inverse), channel);
            Value centred = back.input(0).minus(Shaping.reshape(back.input(3), channel));
            Value[] gradients = back.none();
            Value gSum = Reduction.sumTo(g, channel);
            Value gxSum = Reduction.sumTo(g.times(centred), channel);
            Shape flat = back.input(1).shape();
            Value byScale = Shaping.reshape(gxSum, flat);
            gradients[0] = g.times(scale);
            gradients[1] = byScale.times(inverse);
            gradients[2] = Shaping.reshape(gSum, flat);
            gradients[3] = Pointwise.negate(Shaping.reshape(gSum.times(scale), flat));
            gradients[4] = byScale.times(back.input(1)).times(Pointwise.multiply(inverse, Pointwise.square(inverse))).times(-0.5);
            return gradients;
        }
    }

    /**
     * Local response normalisation across channels, {@code b_i = a_i / (k + α' Σ_j a_j²)^β} with j over {@code size} channels around i,
     * clipped to those that exist ({@code (size-1)/2} before). Operand {@code [N, C, H, W]}.
     *
     * @param alphaIsDivided whether {@code α' = α / size}, the meaning of cuDNN, oneDNN, ONNX, Caffe and PyTorch; the paper's is
     *     {@code α' = α}
     */
    record Lrn(int size, double alpha, double beta, double k, boolean alphaIsDivided) implements Normalization {
        @Override
        public String name() {
            return "lrn";
        }

        /** What multiplies the sum of squares. */
        public double factor() {
            return alphaIsDivided ? alpha / size : alpha;
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.rank(0, "input", 4, "[N, C, H, W]");
            in.floating(0, "input");
            in.require(size >= 1, "size = %d, needs >= 1.", size);
            in.require(k > 0 || alpha > 0, "k = %s and alpha = %s, one must be positive.", k, alpha);
            return List.of(in.type(0));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(2L * size + 3, outputs.get(0).elements());
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {back.grad().graph().add(new LrnGradient(this), back.grad(), back.input(0))};
        }
    }

    /** Operands the gradient of b and a; {@code ā_i = b̄_i s_i^-β - 2 α' β a_i Σ_j b̄_j a_j s_j^(-β-1)} over the j whose window holds i. */
    record LrnGradient(Lrn forward) implements Normalization {
        @Override
        public String name() {
            return "lrnGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            in.rank(1, "input", 4, "[N, C, H, W]");
            in.floating(1, "input");
            in.sameType(0, "gradient", 1, "input");
            return List.of(in.type(1));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(4L * forward.size() + 8, outputs.get(0).elements());
        }

        @Override
        public Optional<String> whyNoGradient() {
            return Optional.of("second derivatives of local response normalisation are not offered.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return back.none();
        }
    }

    private static void channels(OpInputs in, List<String> names) {
        Shape x = in.shape(0);
        in.require(x.rank() >= 2, "input has rank %d %s, needs at least 2 [N, C, ...].", x.rank(), x);
        in.floating(0, "input");
        for (int i = 0; i < names.size(); i++) {
            in.shape(i + 1, names.get(i), Shape.of(x.dim(1)), "one number a channel of input " + x);
            in.sameDType(0, "input", i + 1, names.get(i));
        }
    }

    /** {@code [1, C, 1, ...]}, which broadcasts a number a channel against the input. */
    static Shape channelShape(Shape x) {
        long[] dims = new long[x.rank()];
        java.util.Arrays.fill(dims, 1);
        dims[1] = x.dim(1);
        return Shape.of(dims);
    }

    /** Adds batch normalisation by the batch's statistics; outputs y, mean, biased variance. */
    static Node batchNormTraining(Value x, Value gamma, Value beta, double epsilon) {
        return x.graph().addNode(new BatchNormTraining(epsilon), List.of(x, gamma, beta));
    }

    /** Adds batch normalisation by given statistics. */
    static Value batchNormInference(Value x, Value gamma, Value beta, Value mean, Value variance, double epsilon) {
        return x.graph().add(new BatchNormInference(epsilon), x, gamma, beta, mean, variance);
    }

    /** Adds local response normalisation. */
    static Value lrn(Value x, Lrn attributes) {
        return x.graph().add(attributes, x);
    }
}
