package dev.lamina.graph;

import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Cross-entropy of logits against integer labels, fused so that large logits are legal.
 *
 * <p>With target {@code t = (1 - ε) onehot(y) + ε / K} a sample's loss is {@code -Σ_k t_k w_k log p_k}, {@code p = softmax(z)}; class
 * weights w are 1 unless given. MEAN divides by the sum of {@code w_y}. Samples whose label is {@code ignoreIndex} count for nothing;
 * if all
 * are ignored, the mean is NaN, as in PyTorch. A label outside {@code 0 .. K-1} is an error at run time where the backend can see it.
 */
public sealed interface Loss extends Op {
    /** PyTorch's default for labels that are to be skipped. */
    int IGNORE_INDEX = -100;

    /** How samples' losses are joined. */
    enum LossReduction { MEAN, SUM, NONE }

    /** Attributes that the loss and its gradient share. */
    record Options(double labelSmoothing, int ignoreIndex, LossReduction reduction) {
        /** No smoothing, PyTorch's ignore index, mean. */
        public static Options defaults() {
            return new Options(0, IGNORE_INDEX, LossReduction.MEAN);
        }

        /** These options with label smoothing ε in [0, 1). */
        public Options smoothing(double epsilon) {
            return new Options(epsilon, ignoreIndex, reduction);
        }

        /** These options with another reduction. */
        public Options reduction(LossReduction other) {
            return new Options(labelSmoothing, ignoreIndex, other);
        }
    }

    /** Attributes. */
    Options options();

    /** Operands logits {@code [N, K]}, labels int {@code [N]}, optionally class weights {@code [K]}; result [] or {@code [N]} (NONE). */
    record CrossEntropy(Options options) implements Loss {
        @Override
        public String name() {
            return "crossEntropy";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 3);
            check(in, 0);
            boolean each = options.reduction() == LossReduction.NONE;
            return List.of(in.type(0).withShape(each ? Shape.of(in.shape(0).dim(0)) : Shape.scalar()));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(5, inputs.get(0).elements());
        }

        @Override
        public Value[] gradient(Backward back) {
            Value[] gradients = back.none();
            CrossEntropyGradient op = new CrossEntropyGradient(options);
            gradients[0] = back.node().inputs().size() == 3
                    ? back.grad().graph().add(op, back.grad(), back.input(0), back.input(1), back.input(2))
                    : back.grad().graph().add(op, back.grad(), back.input(0), back.input(1));
            return gradients;
        }
    }

    /** Operands the loss's gradient, logits, labels, optionally class weights; result the logits' gradient. Weights get none. */
    record CrossEntropyGradient(Options options) implements Loss {
        @Override
        public String name() {
            return "crossEntropyGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(3, 4);
            check(in, 1);
            boolean each = options.reduction() == LossReduction.NONE;
            in.shape(0, "gradient", each ? Shape.of(in.shape(1).dim(0)) : Shape.scalar(), "the shape of the loss");
            return List.of(in.type(1));
        }

        @Override
        public long flops(List<TensorType> inputs, List<TensorType> outputs) {
            return Math.multiplyExact(5, outputs.get(0).elements());
        }

        @Override
        public Optional<String> whyNoGradient() {
            return Optional.of("second derivatives of the fused cross-entropy are not offered; use logSoftmax and gather.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return back.none();
        }
    }

    /** Checks logits at operand i, labels after them, and class weights after those. */
    private static void check(OpInputs in, int i) {
        in.rank(i, "logits", 2, "[N, K]");
        in.floating(i, "logits");
        in.index(i + 1, "labels");
        Shape z = in.shape(i);
        in.shape(i + 1, "labels", Shape.of(z.dim(0)), "one label a row of logits " + z);
        in.require(z.dim(0) >= 1, "logits %s hold no sample.", z);
        in.require(z.dim(1) >= 1, "logits %s hold no class.", z);
        if (in.count() == i + 3) {
            in.shape(i + 2, "class weights", Shape.of(z.dim(1)), "one number a class of logits " + z);
            in.sameDType(i, "logits", i + 2, "class weights");
        }
    }

    /**
     * Adds a cross-entropy.
     *
     * @throws GraphException if shapes disagree or the smoothing lies outside [0, 1)
     */
    static Value crossEntropy(Value logits, Value labels, Options options) {
        checkSmoothing(options);
        return logits.graph().add(new CrossEntropy(options), logits, labels);
    }

    /** Adds a cross-entropy with a weight for each class. */
    static Value crossEntropy(Value logits, Value labels, Value classWeights, Options options) {
        checkSmoothing(options);
        return logits.graph().add(new CrossEntropy(options), logits, labels, classWeights);
    }

    private static void checkSmoothing(Options options) {
        if (!(options.labelSmoothing() >= 0 && options.labelSmoothing() < 1)) {
            throw new GraphException("crossEntropy: labelSmoothing = " + options.labelSmoothing() + ", needs 0 <= labelSmoothing < 1.");
        }
    }

    /** Adds the mean squared error of two values of one shape. */
    static Value meanSquaredError(Value prediction, Value target) {
        if (!prediction.shape().equals(target.shape())) {
            throw new GraphException("mse: prediction has shape " + prediction.shape() + ", target " + target.shape()
                    + "; they must be equal. Reshape one of them.");
        }
        return Reduction.mean(Pointwise.square(prediction.minus(target)));
    }
}
