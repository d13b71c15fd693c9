package dev.lamina.check.fault;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Op;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** An op that is given something else than it should be, or told something else. */
final class OperandDefects {
    private OperandDefects() { }

    static Defect narrow() {
        return Defect.of("floating-point operands wider than bfloat16 and a result that shows their rounding", (node, read) ->
                read.stream().anyMatch(value -> isWide(value) && value.shape().elements() > 0) && passesOn(node.op())
                        && IntStream.range(0, node.inputs().size()).anyMatch(i -> isRounded(node, i)), OperandDefects::rounded);
    }

    private static boolean isWide(Value value) {
        return value.dtype().isFloating() && value.dtype() != DType.BFLOAT16;
    }

    /** False for ops whose results are the same for operands that are almost the same. */
    private static boolean passesOn(Op op) {
        return switch (op) {
            case Source _, Random.Sample _, Pointwise.Binarize _, Pointwise.Compare _, Reduction.ArgMax _ -> false;
            case Pointwise.Unary unary -> switch (unary.function()) {
                case SIGN, FLOOR, CEIL, ROUND, NOT -> false;
                case NEGATE, ABS, EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SQUARE, SIGMOID, TANH, RELU, SOFTPLUS, ERF -> true;
            };
            default -> true;
        };
    }

    private static boolean isRounded(Node node, int i) {
        boolean variable = node.op() instanceof Update update && update.updated(node.inputs().size()).contains(i);
        return isWide(node.input(i)) && !variable;
    }

    private static List<Value> rounded(Site site) {
        site.builder();
        return site.with(IntStream.range(0, site.operands().size()).mapToObj(i -> {
            Value x = site.operands().get(i);
            return isRounded(site.node(), i) ? Pointwise.cast(Pointwise.cast(x, DType.BFLOAT16), x.dtype()) : x;
        }).toList());
    }

    static Defect missingBias() {
        return Defect.of("a bias operand", (node, read) -> read.contains(node.output(0)) && node.output(0).shape().elements() > 0
                && switch (node.op()) {
                    case Convolution.Conv2d _, MatMul _ -> node.inputs().size() == 3;
                    case Normalization.BatchNormTraining _, Normalization.BatchNormInference _ -> true;
                    default -> false;
                }, OperandDefects::withoutBias);
    }

    private static List<Value> withoutBias(Site site) {
        site.builder();
        return site.node().op() instanceof Normalization ? site.with(2, Source.zerosLike(site.operands().get(2)))
                : site.with(site.operands().subList(0, 2));
    }

    static Defect wrongAxis() {
        return Defect.of("an axis (softmax, reverse) and another one to take instead, of at least two elements",
                (node, _) -> otherAxis(node).isPresent() && node.output(0).shape().elements() > 1,
                site -> site.replaced(along(site.node().op(), otherAxis(site.node()).orElseThrow()), site.operands()));
    }

    private static OptionalInt otherAxis(Node node) {
        List<Integer> own = switch (node.op()) {
            case Softmax op -> List.of(op.axis());
            case Shaping.Reverse op -> op.axes();
            default -> List.of();
        };
        if (own.isEmpty()) {
            return OptionalInt.empty();
        }
        Shape shape = node.output(0).shape();
        List<Integer> positive = own.stream().map(shape::axis).toList();
        return IntStream.range(0, shape.rank()).filter(axis -> !positive.contains(axis) && shape.dim(axis) > 1).findFirst();
    }

    private static Op along(Op op, int axis) {
        return switch (op) {
            case Softmax.Probabilities _ -> new Softmax.Probabilities(axis);
            case Softmax.LogProbabilities _ -> new Softmax.LogProbabilities(axis);
            default -> new Shaping.Reverse(List.of(axis));
        };
    }
}
