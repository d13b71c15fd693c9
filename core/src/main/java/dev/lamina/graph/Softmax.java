package dev.lamina.graph;

import java.util.List;

/** Softmax and its logarithm along one axis, computed after subtracting the maximum, so that large logits are legal. */
public sealed interface Softmax extends Op {
    /** The axis along which results sum to 1. */
    int axis();

    /** {@code p_k = e^(z_k - m) / Σ_j e^(z_j - m)}. */
    record Probabilities(int axis) implements Softmax {
        @Override
        public String name() {
            return "softmax";
        }

        @Override
        public Value[] gradient(Backward back) {
            Value p = back.output(0);
            Value inner = Reduction.sumKeepDims(back.grad().times(p), axis);
            return new Value[] {p.times(back.grad().minus(inner))};
        }
    }

    /** {@code z_k - m - log Σ_j e^(z_j - m)}. */
    record LogProbabilities(int axis) implements Softmax {
        @Override
        public String name() {
            return "logSoftmax";
        }

        @Override
        public Value[] gradient(Backward back) {
            Value sum = Reduction.sumKeepDims(back.grad(), axis);
            return new Value[] {back.grad().minus(Pointwise.exp(back.output(0)).times(sum))};
        }
    }

    @Override
    default List<TensorType> infer(OpInputs in) {
        in.count(1, 1);
        in.floating(0, "input");
        in.axis(0, axis());
        return List.of(in.type(0));
    }

    @Override
    default long flops(List<TensorType> inputs, List<TensorType> outputs) {
        return Math.multiplyExact(4, outputs.get(0).elements());
    }

    /** Adds a softmax; negative axes count from the end. */
    static Value softmax(Value x, int axis) {
        return x.graph().add(new Probabilities(positive(x, axis)), x);
    }

    /** Adds a log-softmax; negative axes count from the end. */
    static Value logSoftmax(Value x, int axis) {
        return x.graph().add(new LogProbabilities(positive(x, axis)), x);
    }

    private static int positive(Value x, int axis) {
        return axis < 0 ? axis + x.shape().rank() : axis;
    }
}
