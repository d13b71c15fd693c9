package dev.lamina.check;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.DtPool;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What ops do to rounding: how many terms a result sums, whether it is exact, whether it jumps. */
final class Rounding {
    private static final long OVERLAPPING = 9;

    private Rounding() { }

    /** How many terms an element of the node's first result sums; 1 if it sums none. */
    static long terms(Node node) {
        return Math.max(1, switch (node.op()) {
            case Convolution _, MatMul _ -> node.output(0).type().elements() == 0 ? 1 : node.macs() / node.output(0).type().elements();
            case Reduction.Reduce _ -> ratio(node.input(0), node.output(0));
            case Reduction.ArgMax _ -> 1;
            case Pooling.AvgPool pool -> pool.window().h().kernel() * pool.window().w().kernel();
            case Pooling.AvgPoolGradient pool -> pool.window().h().kernel() * pool.window().w().kernel();
            case Pooling.AdaptiveAvgPool _ -> ratio(node.input(0), node.output(0));
            // As many windows as overlap; the op does not know its window.
            case Pooling.AdaptiveAvgPoolGradient _, Pooling.MaxPoolGradient _ -> OVERLAPPING;
            case Pooling.MaxPool _, Pooling.MaxUnpool _, Pooling.PoolGather _, DtPool _ -> 1;
            case Normalization.BatchNormTraining _, Normalization.BatchNormGradient _ -> ratio(node.input(0), node.input(1));
            case Normalization.BatchNormInference _ -> 1;
            case Normalization.Lrn lrn -> lrn.size();
            case Normalization.LrnGradient lrn -> lrn.forward().size();
            case Softmax.Probabilities softmax -> along(node, softmax.axis());
            case Softmax.LogProbabilities softmax -> along(node, softmax.axis());
            case Loss.CrossEntropy _ -> node.input(0).type().elements();
            case Loss.CrossEntropyGradient _ -> node.output(0).shape().dim(1);
            case Shaping.GatherGradient _ -> node.input(0).type().elements();
            case Shaping _, Pointwise _, Random _, Update _, Source _ -> 1;
        });
    }

    private static long along(Node node, int axis) {
        int rank = node.output(0).shape().rank();
        return node.output(0).shape().dim(axis < 0 ? axis + rank : axis);
    }

    private static long ratio(Value many, Value few) {
        return few.type().elements() == 0 ? 1 : many.type().elements() / few.type().elements();
    }

    /** Whether every backend must give exactly the same results for the same operands. */
    static boolean exact(Node node) {
        return switch (node.op()) {
            case Shaping.GatherGradient _ -> false;
            // A cast rounds, but to the nearest, in one way.
            case Shaping _, Pointwise.Cast _, Pointwise.Compare _, Pointwise.Where _, Pointwise.ReluGradient _,
                    Pointwise.Clip _, Pointwise.Binarize _, Pooling.MaxPool _, Pooling.MaxUnpool _, Pooling.PoolGather _,
                    Reduction.ArgMax _, Source _ -> true;
            case Pointwise.Unary unary -> switch (unary.function()) {
                case NEGATE, ABS, SIGN, FLOOR, CEIL, ROUND, RELU, NOT -> true;
                case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SQUARE, SIGMOID, TANH, SOFTPLUS, ERF -> false;
            };
            case Pointwise.Binary binary -> switch (binary.function()) {
                case MAX, MIN, AND, OR, XOR -> true;
                case ADD, SUBTRACT, MULTIPLY, DIVIDE, POW -> false;
            };
            case Reduction.Reduce reduce -> switch (reduce.fold()) {
                case MAX, MIN -> true;
                case SUM, MEAN -> false;
            };
            case Pointwise.LeakyRelu _, Pointwise.Elu _, Pointwise.Gelu _, Convolution _, MatMul _, DtPool _, Pooling.AvgPool _,
                    Pooling.AvgPoolGradient _, Pooling.AdaptiveAvgPool _, Pooling.AdaptiveAvgPoolGradient _, Pooling.MaxPoolGradient _,
                    Normalization _, Softmax _, Loss _, Random _, Update _ -> false;
        };
    }

    /** The operands whose rounding can make the node's results jump. */
    private static List<Value> decides(Node node) {
        return switch (node.op()) {
            case Pointwise.Compare _, Pointwise.Binarize _, Pooling.MaxPool _, DtPool _, Reduction.ArgMax _ -> node.inputs();
            case Pointwise.ReluGradient relu -> switch (relu.rule()) {
                case GRADIENT -> List.of(node.input(1));
                case DECONVNET -> List.of();
                case GUIDED -> node.inputs();
            };
            case Pointwise.Unary unary -> switch (unary.function()) {
                case SIGN, FLOOR, CEIL, ROUND -> node.inputs();
                case NEGATE, ABS, EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SQUARE, SIGMOID, TANH, RELU, SOFTPLUS, ERF, NOT ->
                    List.of();
            };
            case Pointwise.Cast cast -> cast.dtype().isFloating() ? List.of() : node.inputs();
            case Pointwise.Binary _, Pointwise.Where _, Pointwise.LeakyRelu _, Pointwise.Elu _, Pointwise.Gelu _, Pointwise.Clip _,
                    Reduction.Reduce _, Pooling.MaxPoolGradient _, Pooling.MaxUnpool _, Pooling.PoolGather _, Pooling.AvgPool _,
                    Pooling.AvgPoolGradient _, Pooling.AdaptiveAvgPool _, Pooling.AdaptiveAvgPoolGradient _, Convolution _, MatMul _,
                    Normalization _, Softmax _, Loss _, Shaping _, Random _, Update _, Source _ -> List.of();
        };
    }

    /**
     * Whether the last node's results rest on a decision by a number that was rounded inside the group: two right computations may then be
     * far apart, or count differently.
     */
    static boolean jumps(List<Node> group) {
        Set<Value> rounded = new HashSet<>();
        Set<Value> undecided = new HashSet<>();
        for (Node node : group) {
            boolean jumps = decides(node).stream().anyMatch(v -> rounded.contains(v) && v.dtype().isFloating())
                    || node.inputs().stream().anyMatch(undecided::contains);
            if (jumps) {
                undecided.addAll(node.outputs());
            }
            if (!exact(node) || node.inputs().stream().anyMatch(rounded::contains)) {
                rounded.addAll(node.outputs());
            }
        }
        return group.getLast().outputs().stream().anyMatch(undecided::contains);
    }
}
