package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Loss;
import dev.lamina.graph.Loss.LossReduction;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Losses of scores {@code [N, C, ...]} against labels {@code [N, ...]}. */
final class LossOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("NegativeLogLikelihoodLoss", Operator.single(LossOperators::negativeLogLikelihood)),
            entry("SoftmaxCrossEntropyLoss", LossOperators::crossEntropy));

    private LossOperators() { }

    private static LossReduction reduction(Call call) {
        String reduction = call.text("reduction", "mean");
        call.require(List.of("mean", "sum", "none").contains(reduction), "reduction is \"%s\", needs mean, sum or none.", reduction);
        return LossReduction.valueOf(reduction.toUpperCase(Locale.ROOT));
    }

    private static Optional<Long> ignored(Call call) {
        return call.hasAttribute("ignore_index") ? Optional.of(call.integer("ignore_index", 0)) : Optional.empty();
    }

    private static void check(Call call) {
        Shape x = call.shape(0);
        call.require(x.rank() >= 2, "scores have shape %s, needs [N, C, ...].", x);
        call.require(call.shape(1).equals(withoutClasses(x)), "labels have shape %s, needs %s for scores %s.", call.shape(1),
                withoutClasses(x), x);
        call.require(!call.has(2) || call.shape(2).equals(Shape.of(x.dim(1))), "weights have shape %s, needs [%d], one a class.",
                call.has(2) ? call.shape(2) : "", x.dim(1));
    }

    private static Shape withoutClasses(Shape x) {
        return Shape.of(IntStream.range(0, x.rank()).filter(a -> a != 1).mapToLong(x::dim).toArray());
    }

    /** By Lamina's fused loss, on scores with the classes last. */
    private static List<Operand> crossEntropy(Call call) {
        check(call);
        Value scores = call.value(0);
        Shape x = scores.shape();
        LossReduction reduction = reduction(call);
        // Labels that are ignored need a number even where none are.
        long ignored = ignored(call).orElse((long) Integer.MIN_VALUE);
        call.require(ignored == (int) ignored, "ignore_index is %d, needs 32 bits.", ignored);
        int[] order = IntStream.range(0, x.rank()).map(a -> a == 0 ? 0 : a < x.rank() - 1 ? a + 1 : 1).toArray();
        Value last = x.rank() == 2 ? scores : Shaping.transpose(scores, order);
        Value rows = Shaping.reshape(last, Shape.of(call.shape(1).elements(), x.dim(1)));
        Value labels = Shaping.reshape(call.value(1), Shape.of(call.shape(1).elements()));
        Loss.Options options = new Loss.Options(0, (int) ignored, reduction);
        Value loss = call.has(2) ? Loss.crossEntropy(rows, labels, call.value(2), options) : Loss.crossEntropy(rows, labels, options);
        List<Operand> outputs = new ArrayList<>();
        outputs.add(Operand.of(reduction == LossReduction.NONE ? Shaping.reshape(loss, call.shape(1)) : loss));
        if (call.wants(1)) {
            outputs.add(Operand.of(Softmax.logSoftmax(scores, 1)));
        }
        return outputs;
    }

    /** {@code -w[label] x[label]}; the mean is that weighted by w. */
    private static Value negativeLogLikelihood(Call call) {
        check(call);
        Value x = call.value(0);
        Value labels = Pointwise.cast(call.value(1), DType.INT64);
        Optional<Value> counted = ignored(call).map(ignored -> Pointwise.compare(Comparison.NOT_EQUAL, labels,
                Source.scalarLike(labels, ignored)));
        // An ignored label may be outside the classes.
        Value safe = counted.map(c -> Pointwise.where(c, labels, Source.scalarLike(labels, 0))).orElse(labels);
        Value picked = Pointwise.negate(pick(x, safe));
        Optional<Value> weights = call.has(2) ? Optional.of(Shaping.gather(call.value(2), safe, 0)) : Optional.empty();
        Value zero = Source.scalarLike(x, 0);
        Optional<Value> factors = counted.map(c -> Pointwise.where(c, weights.orElse(Source.fillLike(picked, 1)), zero)).or(() -> weights);
        Value losses = factors.map(picked::times).orElse(picked);
        return switch (reduction(call)) {
            case NONE -> losses;
            case SUM -> Reduction.sum(losses);
            case MEAN -> factors.map(f -> Reduction.sum(losses).dividedBy(Reduction.sum(f))).orElseGet(() -> Reduction.mean(losses));
        };
    }

    /** The label's score of every sample: elements of the flat scores. */
    private static Value pick(Value x, Value labels) {
        Shape shape = x.shape();
        long samples = labels.shape().elements();
        long inner = samples / Math.max(1, shape.dim(0));
        long[] starts = new long[Math.toIntExact(samples)];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = i / inner * inner * shape.dim(1) + i % inner;
        }
        Value start = Source.constant(x.graph(), Tensor.of(starts, labels.shape().toArray()));
        Value at = start.plus(labels.times(inner));
        return Shaping.gather(Shaping.reshape(x, Shape.of(shape.elements())), at, 0);
    }
}
