package dev.lamina.graph;

import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;

/**
 * Random numbers keyed by seed, step and the node's stream, under the convention of {@link dev.lamina.tensor.Philox}: every backend draws
 * the same bits. Every op takes the operands seed and step last, int64 scalars.
 */
public sealed interface Random extends Op {
    /** The number that tells this node's draws from those of others. */
    int stream();

    /** Uniform in [low, high): {@code low + (high - low) u} with u a multiple of 2^-24, rounded to the type. */
    record Uniform(TensorType type, double low, double high, int stream) implements Sample {
        @Override
        public String name() {
            return "randomUniform";
        }
    }

    /**
     * Normal. Elements 4b and 4b+1 are the cosine and sine of words 0 and 1 of block b, 4b+2 and 4b+3 those of words 2 and 3
     * ({@link dev.lamina.tensor.Philox#normal}).
     */
    record Normal(TensorType type, double mean, double deviation, int stream) implements Sample {
        @Override
        public String name() {
            return "randomNormal";
        }
    }

    /** 1 with probability p, else 0: {@code u < p}. */
    record Bernoulli(TensorType type, double p, int stream) implements Sample {
        @Override
        public String name() {
            return "randomBernoulli";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.require(p >= 0 && p <= 1, "p = %s, needs 0 <= p <= 1.", p);
            return Sample.super.infer(in);
        }
    }

    /** Numbers that depend on nothing but seed, step and stream. */
    sealed interface Sample extends Random {
        /** Type of the result. */
        TensorType type();

        @Override
        default List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            checkKey(in, 0);
            in.require(type().dtype().isFloating(), "type is %s, needs a floating-point type. Cast the result.", type().dtype());
            return List.of(type());
        }

        @Override
        default Optional<String> whyNoGradient() {
            return Optional.of("a random number depends on no operand differentiably.");
        }

        @Override
        default Value[] gradient(Backward back) {
            return back.none();
        }
    }

    /**
     * Inverted dropout: operands x, seed, step; {@code x / (1 - p)} where {@code u >= p}, else 0. The gradient draws the same mask
     * again, so
     * no mask is kept.
     */
    record Dropout(double p, int stream) implements Random {
        @Override
        public String name() {
            return "dropout";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(3, 3);
            in.require(p >= 0 && p < 1, "p = %s, needs 0 <= p < 1.", p);
            in.floating(0, "input");
            checkKey(in, 1);
            return List.of(in.type(0));
        }

        @Override
        public boolean inPlace() {
            return true;
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {back.grad().graph().add(this, back.grad(), back.input(1), back.input(2)), null, null};
        }
    }

    private static void checkKey(OpInputs in, int i) {
        for (int k = i; k < i + 2; k++) {
            in.require(in.dtype(k) == DType.INT64 && in.shape(k).rank() == 0, "%s is %s, needs an int64 scalar.",
                    k == i ? "seed" : "step", in.type(k));
        }
    }

    /** Adds uniform numbers in [low, high). */
    static Value uniform(GraphBuilder graph, TensorType type, double low, double high) {
        return graph.add(new Uniform(type, low, high, graph.nextStream()), graph.seed(), graph.step());
    }

    /** Adds normal numbers. */
    static Value normal(GraphBuilder graph, TensorType type, double mean, double deviation) {
        return graph.add(new Normal(type, mean, deviation, graph.nextStream()), graph.seed(), graph.step());
    }

    /** Adds numbers that are 1 with probability p, else 0. */
    static Value bernoulli(GraphBuilder graph, TensorType type, double p) {
        return graph.add(new Bernoulli(type, p, graph.nextStream()), graph.seed(), graph.step());
    }

    /** Adds numbers that are 1 with the probability that the operand holds, else 0. */
    static Value bernoulli(Value probabilities) {
        Value u = uniform(probabilities.graph(), probabilities.type(), 0, 1);
        return Pointwise.cast(Pointwise.compare(Pointwise.Comparison.LESS, u, probabilities), probabilities.dtype());
    }

    /** Adds inverted dropout. */
    static Value dropout(Value x, double p) {
        GraphBuilder graph = x.graph();
        return graph.add(new Dropout(p, graph.nextStream()), x, graph.seed(), graph.step());
    }
}
