package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Normalization.Lrn;
import dev.lamina.graph.Random;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.List;
import java.util.Map;

/** Normalisation and dropout. */
final class NormalizationOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("BatchNormalization", Operator.single(NormalizationOperators::batchNorm)),
            entry("Dropout", NormalizationOperators::dropout),
            entry("LRN", Operator.single(call -> Normalization.lrn(call.value(0), new Lrn(Math.toIntExact(call.integer("size", 0)),
                    call.number("alpha", 1e-4), call.number("beta", 0.75), call.number("bias", 1), true)))));

    private NormalizationOperators() { }

    /** By the statistics in the file; where the import is for training, by the batch's, and those in the file move towards them. */
    private static Value batchNorm(Call call) {
        Value x = call.value(0);
        Value gamma = call.value(1);
        Value beta = call.value(2);
        Value mean = call.statistic(3);
        Value variance = call.statistic(4);
        double epsilon = call.number("epsilon", 1e-5);
        boolean variables = mean.node().op() instanceof Source.Variable && variance.node().op() instanceof Source.Variable;
        if (!call.scope().training() || !variables) {
            return Normalization.batchNormInference(x, gamma, beta, mean, variance, epsilon);
        }
        Node normalized = Normalization.batchNormTraining(x, gamma, beta, epsilon);
        double keep = call.number("momentum", 0.9);
        double count = (double) x.shape().elements() / x.shape().dim(1);
        Update.ema(mean, normalized.output(1), keep);
        Update.ema(variance, normalized.output(2).times(count / (count - 1)), keep);
        return normalized.output(0);
    }

    private static List<Operand> dropout(Call call) {
        if (!call.scope().training()) {
            return List.of(call.operand(0));
        }
        double ratio = call.has(1) ? call.number(1, "ratio") : call.number("ratio", 0.5);
        return List.of(Operand.of(Random.dropout(call.value(0), ratio)));
    }
}
