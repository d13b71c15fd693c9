package dev.lamina.train;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What the training loss is beside the plain mean of cross-entropies. Immutable and thread-safe.
 *
 * <p>With class weights w the loss is {@code Σ w_y l / Σ w_y}, PyTorch's weighted mean. A mixed sample with share s has the loss
 * {@code s l(y) + (1 - s) l(y')} and counts {@code s w_y + (1 - s) w_y'} in the divisor; 1 without weights.
 *
 * @param classWeights one positive number a class, or none for all alike
 * @param mixed whether samples have second labels and shares
 */
public record LossTerms(List<Double> classWeights, boolean mixed) {
    /** The plain mean. */
    public static final LossTerms PLAIN = new LossTerms(List.of(), false);

    /** Copies the list. */
    public LossTerms {
        classWeights = List.copyOf(classWeights);
    }

    /**
     * The loss of a batch, in the graph.
     *
     * @param mean scalar
     * @param divisor float32 scalar, what the sum of losses was divided by, where it is not the number of samples
     */
    record Mean(Value mean, Optional<Value> divisor) { }

    /** Adds the loss; of mixed samples with the inputs that it needs. */
    Mean loss(GraphBuilder builder, Value logits, Value labels, Loss.Options options) {
        int classes = Math.toIntExact(logits.shape().dim(1));
        if (!classWeights.isEmpty() && classWeights.size() != classes) {
            throw new IllegalArgumentException("class weights: " + classWeights.size() + " numbers, the model has " + classes
                    + " classes; needs one a class.");
        }
        if (!mixed) {
            return new Mean(crossEntropy(builder, logits, labels, options), classWeights.isEmpty() ? Optional.empty()
                    : Optional.of(Reduction.sum(weight(builder, labels, row(builder, classes)))));
        }
        long n = logits.shape().dim(0);
        Value second = builder.input(TrainingGraph.SECOND_LABELS, TensorType.of(DType.INT32, n));
        Value share = builder.input(TrainingGraph.SHARES, TensorType.of(DType.FLOAT32, n));
        Value rest = Source.scalarLike(share, 1).minus(share);
        Loss.Options each = options.reduction(Loss.LossReduction.NONE);
        Value own = crossEntropy(builder, logits, labels, each).times(share);
        Value other = crossEntropy(builder, logits, second, each).times(rest);
        Value weights = row(builder, classes);
        Value divisor = weight(builder, labels, weights).times(share).plus(weight(builder, second, weights).times(rest));
        Value sum = Reduction.sum(divisor);
        return new Mean(Reduction.sum(own.plus(other)).dividedBy(sum), classWeights.isEmpty() ? Optional.empty() : Optional.of(sum));
    }

    private Value crossEntropy(GraphBuilder builder, Value logits, Value labels, Loss.Options options) {
        if (classWeights.isEmpty()) {
            return Loss.crossEntropy(logits, labels, options);
        }
        double[] weights = weights(classWeights.size());
        return Loss.crossEntropy(logits, labels, Source.constant(builder, Tensor.of(logits.dtype(), weights, weights.length)), options);
    }

    /** {@code [N]}: the weight of each label, 0 of one that is no class. */
    private static Value weight(GraphBuilder builder, Value labels, Value weights) {
        long n = labels.shape().dim(0);
        long classes = weights.shape().dim(1);
        double[] numbers = new double[Math.toIntExact(classes)];
        for (int k = 0; k < numbers.length; k++) {
            numbers[k] = k;
        }
        Value column = Shaping.reshape(Pointwise.cast(labels, DType.FLOAT32), Shape.of(n, 1));
        Value number = Source.constant(builder, Tensor.of(DType.FLOAT32, numbers, 1, classes));
        Value hit = Pointwise.cast(Pointwise.compare(Pointwise.Comparison.EQUAL, column, number), DType.FLOAT32);
        return Shaping.reshape(Reduction.sumKeepDims(hit.times(weights), 1), Shape.of(n));
    }

    /** {@code [1, K]}: the weights of the classes. */
    private Value row(GraphBuilder builder, int classes) {
        return Source.constant(builder, Tensor.of(DType.FLOAT32, weights(classes), 1, classes));
    }

    private double[] weights(int classes) {
        List<Double> values = classWeights.isEmpty() ? Collections.nCopies(classes, 1.0) : classWeights;
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
