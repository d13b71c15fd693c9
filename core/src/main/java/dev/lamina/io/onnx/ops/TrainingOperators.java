package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Random;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Operators that do another thing in training: batch normalisation and dropout. */
final class TrainingOperators {
    /** From this version on, an attribute says whether batch normalisation is that of training; before, the number of outputs did. */
    private static final int MODE = 14;
    /** From this version on, the mask of a dropout is bool; before, it had the type of the input. */
    private static final int BOOL_MASK = 10;

    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("BatchNormalization", TrainingOperators::batchNorm),
            entry("Dropout", TrainingOperators::dropout));

    private TrainingOperators() { }

    /**
     * By the statistics in the file; where the import is for training, by the batch's, and those in the file move towards them. A model
     * that was itself saved in training mode gives the moved statistics as outputs.
     */
    private static List<Operand> batchNorm(Call call) {
        Shape shape = call.shape(0);
        call.require(shape.rank() >= 2, "input has shape %s, needs [N, C, ...].", shape);
        // The first versions could have statistics of every element instead of every channel.
        Shape flat = call.integer("spatial", 1) != 0 ? shape
                : Shape.of(shape.dim(0), shape.elements() / Math.max(1, shape.dim(0)));
        Value[] parameters = new Value[5];
        parameters[0] = Shaping.reshape(call.value(0), flat);
        for (int i = 1; i < parameters.length; i++) {
            call.require(call.shape(i).elements() == flat.dim(1), "input %d has shape %s, needs %d numbers for input %s.", i, call.shape(i),
                    flat.dim(1), shape);
            Value value = i < 3 ? call.value(i) : call.statistic(i);
            parameters[i] = Shaping.reshape(value, Shape.of(flat.dim(1)));
        }
        DType dtype = call.dtype(0);
        DType wide = parameters[3].dtype().bytes() > dtype.bytes() ? parameters[3].dtype() : dtype;
        Value x = Pointwise.cast(parameters[0], wide);
        Value gamma = Pointwise.cast(parameters[1], wide);
        Value beta = Pointwise.cast(parameters[2], wide);
        double epsilon = call.number("epsilon", 1e-5f);
        double keep = call.number("momentum", 0.9f);
        boolean mode = call.version() >= MODE ? call.integer("training_mode", 0) != 0 : call.wants(1) || call.wants(2);
        boolean variables = parameters[3].node().op() instanceof Source.Variable && parameters[4].node().op() instanceof Source.Variable;
        if (!mode && !(call.scope().training() && variables)) {
            Value y = Normalization.batchNormInference(x, gamma, beta, Pointwise.cast(parameters[3], wide),
                    Pointwise.cast(parameters[4], wide), epsilon);
            return List.of(Operand.of(Shaping.reshape(Pointwise.cast(y, dtype), shape)));
        }
        Node normalized = Normalization.batchNormTraining(x, gamma, beta, epsilon);
        List<Operand> outputs = new ArrayList<>();
        outputs.add(Operand.of(Shaping.reshape(Pointwise.cast(normalized.output(0), dtype), shape)));
        Value mean = Pointwise.cast(normalized.output(1), parameters[3].dtype());
        Value variance = Pointwise.cast(normalized.output(2), parameters[4].dtype());
        if (call.scope().training() && variables) {
            double count = (double) flat.elements() / flat.dim(1);
            Update.ema(parameters[3], mean, keep);
            Update.ema(parameters[4], variance.times(count / (count - 1)), keep);
        }
        if (mode) {
            outputs.add(Operand.of(Shaping.reshape(parameters[3].times(keep).plus(mean.times(1 - keep)), call.shape(3))));
            outputs.add(Operand.of(Shaping.reshape(parameters[4].times(keep).plus(variance.times(1 - keep)), call.shape(4))));
            if (call.version() < MODE) {
                outputs.add(Operand.of(Shaping.reshape(mean, call.shape(3))));
                outputs.add(Operand.of(Shaping.reshape(variance, call.shape(4))));
            }
        }
        return outputs;
    }

    /**
     * Drops where the import is for training or the model says so itself. The draws are those of the graph's seed; attribute {@code seed}
     * would be that of another generator.
     */
    private static List<Operand> dropout(Call call) {
        double ratio = call.has(1) ? call.number(1, "ratio") : call.number("ratio", 0.5);
        call.require(ratio >= 0 && ratio < 1, "ratio is %s, needs 0 <= ratio < 1.", ratio);
        boolean drops = call.scope().training() || call.has(2) && call.number(2, "training_mode") != 0;
        DType mask = call.version() >= BOOL_MASK ? DType.BOOL : call.dtype(0);
        if (!drops || ratio == 0) {
            return call.wants(1) ? List.of(call.operand(0), Operand.of(Tensor.full(mask, call.shape(0), 1))) : List.of(call.operand(0));
        }
        Value x = call.value(0);
        if (!call.wants(1)) {
            return List.of(Operand.of(Random.dropout(x, ratio)));
        }
        Value drawn = Random.bernoulli(call.graph(), new TensorType(x.dtype(), x.shape()), 1 - ratio);
        Value kept = Pointwise.cast(drawn, DType.BOOL);
        Value y = Pointwise.where(kept, x.times(1 / (1 - ratio)), Source.scalarLike(x, 0));
        return List.of(Operand.of(y), Operand.of(mask == DType.BOOL ? kept : drawn));
    }
}
