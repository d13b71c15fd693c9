package dev.lamina.graph;

import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Ops that change variables. Their outputs are the variables' new values; {@link Graph} runs them after every reader of the old ones.
 */
public sealed interface Update extends Op {

    /** Positions of the operands that are updated variables; output k is the new value of the k-th. */
    List<Integer> updated(int operands);

    /** Operands variable and value: {@code v ← value}. */
    record Assign() implements Update {
        @Override
        public String name() {
            return "assign";
        }

        @Override
        public List<Integer> updated(int operands) {
            return List.of(0);
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            in.sameType(0, "variable", 1, "value");
            return List.of(in.type(0));
        }
    }

    /** Where the learning rate enters a momentum step. */
    enum MomentumForm {
        /** PyTorch: {@code m ← μ m + g; w ← w - η m}. */
        RATE_OUTSIDE,
        /** Krizhevsky 2012, Caffe: {@code m ← μ m + η g; w ← w - m}. Equal while η is constant. */
        RATE_INSIDE
    }

    /**
     * Stochastic gradient descent: operands variable w, gradient, learning rate η (scalar) and, if μ is not 0, momentum buffer m. With
     * {@code g = gradient + λ w}: {@code m ← μ m + g}; {@code w ← w - η m}, or {@code w - η (g + μ m)} with Nesterov's form.
     */
    record Sgd(double momentum, boolean nesterov, double weightDecay, MomentumForm form) implements Update {
        @Override
        public String name() {
            return "sgd";
        }

        @Override
        public List<Integer> updated(int operands) {
            return operands == 4 ? List.of(0, 3) : List.of(0);
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.require(momentum >= 0 && momentum < 1, "momentum = %s, needs 0 <= momentum < 1.", momentum);
            in.require(weightDecay >= 0, "weightDecay = %s, needs >= 0.", weightDecay);
            in.require(!nesterov || momentum > 0, "nesterov needs momentum > 0.");
            in.require(!nesterov || form == MomentumForm.RATE_OUTSIDE, "nesterov is defined for RATE_OUTSIDE only.");
            in.count(momentum == 0 ? 3 : 4, momentum == 0 ? 3 : 4);
            step(in, 2, IntStream.range(3, in.count()));
            return in.count() == 4 ? List.of(in.type(0), in.type(3)) : List.of(in.type(0));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(2L + (momentum > 0 ? 2 : 0) + (weightDecay > 0 ? 2 : 0), outputs.get(0).elements());
        }
    }

    /**
     * Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019): operands variable w, gradient, learning rate η (scalar), first and
     * second moment, and the step's number t from 1 (int64 scalar).
     *
     * @param decoupled whether decay is {@code w ← w (1 - η λ)} before the step (AdamW) instead of {@code g + λ w} (Adam)
     */
    record Adam(double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled) implements Update {
        @Override
        public String name() {
            return decoupled ? "adamW" : "adam";
        }

        @Override
        public List<Integer> updated(int operands) {
            return List.of(0, 3, 4);
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.require(beta1 >= 0 && beta1 < 1, "beta1 = %s, needs 0 <= beta1 < 1.", beta1);
            in.require(beta2 >= 0 && beta2 < 1, "beta2 = %s, needs 0 <= beta2 < 1.", beta2);
            in.require(epsilon > 0, "epsilon = %s, needs > 0.", epsilon);
            in.require(weightDecay >= 0, "weightDecay = %s, needs >= 0.", weightDecay);
            in.count(6, 6);
            step(in, 2, IntStream.of(3, 4));
            counter(in, 5);
            return List.of(in.type(0), in.type(3), in.type(4));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(13, outputs.get(0).elements());
        }
    }

    /**
     * Exponential moving average: operands average e and value, {@code e ← d e + (1 - d) value}; with a third operand t (int64 scalar,
     * steps
     * done before this one) the decay is {@code min(d, (1 + t) / (10 + t))}.
     */
    record Ema(double decay) implements Update {
        @Override
        public String name() {
            return "ema";
        }

        @Override
        public List<Integer> updated(int operands) {
            return List.of(0);
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 3);
            in.require(decay >= 0 && decay <= 1, "decay = %s, needs 0 <= decay <= 1.", decay);
            in.floating(0, "average");
            in.sameType(0, "average", 1, "value");
            if (in.count() == 3) {
                counter(in, 2);
            }
            return List.of(in.type(0));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(3, outputs.get(0).elements());
        }
    }

    @Override
    default Optional<String> whyNoGradient() {
        return Optional.of("an update is not part of the loss.");
    }

    @Override
    default Value[] gradient(Backward back) {
        return back.none();
    }

    private static void step(OpInputs in, int rate, IntStream buffers) {
        in.floating(0, "variable");
        in.sameType(0, "variable", 1, "gradient");
        in.require(in.shape(rate).rank() == 0 && in.dtype(rate).isFloating(), "learning rate is %s, needs a floating scalar.",
                in.type(rate));
        buffers.forEach(i -> in.sameType(0, "variable", i, "buffer"));
    }

    private static void counter(OpInputs in, int i) {
        in.require(in.shape(i).rank() == 0 && in.dtype(i) == DType.INT64, "step number is %s, needs an int64 scalar.", in.type(i));
    }

    /** Adds {@code variable ← value}; the result is the new value. */
    static Value assign(Value variable, Value value) {
        return node(new Assign(), variable, value).output(0);
    }

    /** Adds {@code average ← d average + (1 - d) value}; the result is the new average. */
    static Value ema(Value average, Value value, double decay) {
        return node(new Ema(decay), average, value).output(0);
    }

    /**
     * Adds an update whose updated operands must be variables.
     *
     * @throws GraphException if one of them is not
     */
    static Node node(Update op, Value... operands) {
        for (int i : op.updated(operands.length)) {
            if (!(operands[i].node().op() instanceof Source.Variable)) {
                throw new GraphException(op.name() + ": \"" + operands[i].name() + "\" is not a variable; only variables can be updated.");
            }
        }
        return operands[0].graph().addNode(op, List.of(operands));
    }
}
