package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Normalization;
import dev.lamina.graph.Normalization.Lrn;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Normalisation by statistics of the value itself. */
final class NormalizationOperators {
    /** From this version on, GroupNormalization has a scale a channel; before, a scale a group. */
    private static final int SCALE_A_CHANNEL = 21;
    /** From this version on, MeanVarianceNormalization has axes; before, a flag. */
    private static final int AXES = 9;

    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("GroupNormalization", Operator.single(NormalizationOperators::group)),
            entry("InstanceNormalization", Operator.single(NormalizationOperators::instance)),
            entry("LRN", Operator.single(NormalizationOperators::lrn)),
            entry("LayerNormalization", NormalizationOperators::layer),
            entry("LpNormalization", Operator.single(NormalizationOperators::lp)),
            entry("MeanVarianceNormalization", Operator.single(NormalizationOperators::meanVariance)),
            entry("RMSNormalization", Operator.single(NormalizationOperators::rootMeanSquare)));

    private NormalizationOperators() { }

    /** The normalised value, the mean and {@code 1 / sqrt(variance + ε)}, the latter with axes of extent 1. */
    private record Normalized(Value value, Value mean, Value inverse) {
    }

    private static Normalized normalize(Call call, Value x, int... axes) {
        Value mean = Reduction.reduce(Fold.MEAN, x, true, axes);
        Value centred = x.minus(mean);
        Value inverse = inverse(call, centred, axes);
        return new Normalized(centred.times(inverse), mean, inverse);
    }

    /** {@code 1 / sqrt(mean(x²) + ε)}. */
    private static Value inverse(Call call, Value x, int... axes) {
        Value squares = Reduction.reduce(Fold.MEAN, Pointwise.square(x), true, axes);
        return Pointwise.unary(Pointwise.UnaryFunction.RSQRT, squares.plus(call.number("epsilon", 1e-5f)));
    }

    /** The type that statistics are computed in: at least float32 unless {@code stash_type} says otherwise. */
    private static DType wide(Call call) {
        DType dtype = call.dtype(0);
        long stash = call.integer("stash_type", 1);
        call.require(stash == 1 || stash == 10 || stash == 11 || stash == 16,
                "stash_type is %d, needs 1 (float32), 10 (float16), 11 (float64) or 16 (bfloat16).", stash);
        return stash == 11 ? DType.FLOAT64 : stash == 1 && dtype.bytes() < 4 ? DType.FLOAT32 : dtype;
    }

    private static int[] from(Call call, long otherwise) {
        int rank = call.shape(0).rank();
        return IntStream.range(call.axis(call.integer("axis", otherwise), rank), rank).toArray();
    }

    private static List<Operand> layer(Call call) {
        int[] axes = from(call, -1);
        Normalized normalized = normalize(call, Pointwise.cast(call.value(0), wide(call)), axes);
        Value y = Pointwise.cast(normalized.value(), call.dtype(0)).times(factor(call, 1));
        DType stash = call.integer("stash_type", 1) == 1 ? DType.FLOAT32 : normalized.mean().dtype();
        List<Operand> outputs = new ArrayList<>();
        outputs.add(Operand.of(call.has(2) ? y.plus(factor(call, 2)) : y));
        if (call.wants(1) || call.wants(2)) {
            outputs.add(Operand.of(Pointwise.cast(normalized.mean(), stash)));
            outputs.add(Operand.of(Pointwise.cast(normalized.inverse(), stash)));
        }
        return outputs;
    }

    /** A scale or bias that broadcasts to the input. */
    private static Value factor(Call call, int i) {
        call.require(ActivationOperators.stretches(call.shape(i), call.shape(0)), "input %d has shape %s, which does not broadcast to %s.",
                i, call.shape(i), call.shape(0));
        return call.value(i);
    }

    private static Value rootMeanSquare(Call call) {
        int[] axes = from(call, -1);
        Value x = Pointwise.cast(call.value(0), wide(call));
        return Pointwise.cast(x.times(inverse(call, x, axes)), call.dtype(0)).times(factor(call, 1));
    }

    private static Value instance(Call call) {
        Shape x = channels(call, 3);
        Value y = normalize(call, call.value(0), IntStream.range(2, x.rank()).toArray()).value();
        Shape channels = ActivationOperators.channels(x);
        perChannel(call, x.dim(1), "one number a channel");
        return y.times(Shaping.reshape(call.value(1), channels)).plus(Shaping.reshape(call.value(2), channels));
    }

    private static Shape channels(Call call, int least) {
        Shape x = call.shape(0);
        call.require(x.rank() >= least, "input has shape %s, needs [N, C, ...] with at least %d axes.", x, least);
        return x;
    }

    private static void perChannel(Call call, long count, String why) {
        for (int i = 1; i < 3; i++) {
            call.require(call.shape(i).equals(Shape.of(count)), "input %d has shape %s, needs [%d]: %s.", i, call.shape(i), count, why);
        }
    }

    private static Value group(Call call) {
        Shape x = channels(call, 2);
        long groups = call.integer("num_groups", 0);
        call.require(groups >= 1 && x.dim(1) % groups == 0, "num_groups is %d, which does not divide the %d channels of input %s.", groups,
                x.dim(1), x);
        Value rows = Shaping.reshape(call.value(0), Shape.of(x.dim(0), groups, x.elements() / Math.max(1, x.dim(0) * groups)));
        Value y = Pointwise.cast(normalize(call, Pointwise.cast(rows, wide(call)), 2).value(), call.dtype(0));
        if (call.version() < SCALE_A_CHANNEL) {
            perChannel(call, groups, "one number a group, before operator set 21");
            Shape column = Shape.of(1, groups, 1);
            Value scaled = y.times(Shaping.reshape(call.value(1), column)).plus(Shaping.reshape(call.value(2), column));
            return Shaping.reshape(scaled, x);
        }
        perChannel(call, x.dim(1), "one number a channel");
        Shape channels = ActivationOperators.channels(x);
        return Shaping.reshape(y, x).times(Shaping.reshape(call.value(1), channels)).plus(Shaping.reshape(call.value(2), channels));
    }

    /** {@code (x - mean) / (deviation + 1e-9)}, as ONNX defines it. */
    private static Value meanVariance(Call call) {
        int rank = call.shape(0).rank();
        int[] otherwise = call.version() >= AXES ? new int[] {0, 2, 3}
                : IntStream.range(call.integer("across_channels", 0) != 0 ? 1 : 2, rank).toArray();
        int[] axes = call.integers("axes").map(a -> Arrays.stream(a).mapToInt(i -> call.axis(i, rank)).toArray()).orElse(otherwise);
        call.require(Arrays.stream(axes).allMatch(a -> a < rank), "input has shape %s, axes are %s.", call.shape(0), Arrays.toString(axes));
        Value x = call.value(0);
        Value centred = x.minus(Reduction.reduce(Fold.MEAN, x, true, axes));
        if (call.version() < AXES && call.integer("normalize_variance", 1) == 0) {
            return centred;
        }
        Value deviation = Pointwise.sqrt(Reduction.reduce(Fold.MEAN, Pointwise.square(centred), true, axes));
        return centred.dividedBy(deviation.plus(1e-9));
    }

    /** {@code x / |x|_p} along an axis; zeros stay zeros. */
    private static Value lp(Call call) {
        long p = call.integer("p", 2);
        call.require(p == 1 || p == 2, "p is %d, needs 1 or 2.", p);
        int axis = call.axis(call.integer("axis", -1), call.shape(0).rank());
        Value x = call.value(0);
        Value sum = Reduction.sumKeepDims(PoolingOperators.raised(x, p), axis);
        Value one = Source.scalarLike(x, 1);
        // The root's derivative at 0 is infinite, so the sum is replaced before the root.
        return x.dividedBy(PoolingOperators.root(Pointwise.where(Pointwise.isPositive(sum), sum, one), p));
    }

    private static Value lrn(Call call) {
        Shape x = channels(call, 2);
        long size = call.integer("size", 0);
        call.require(size >= 1 && size <= Integer.MAX_VALUE, "size is %d, needs >= 1.", size);
        Shape plane = x.rank() == 4 ? x : Shape.of(x.dim(0), x.dim(1), 1, x.elements() / Math.max(1, x.dim(0) * x.dim(1)));
        Lrn attributes = new Lrn((int) size, call.number("alpha", 1e-4f), call.number("beta", 0.75), call.number("bias", 1), true);
        return Shaping.reshape(Normalization.lrn(Shaping.reshape(call.value(0), plane), attributes), x);
    }
}
