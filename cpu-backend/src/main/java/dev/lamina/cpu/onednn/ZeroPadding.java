package dev.lamina.cpu.onednn;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a chain of pointwise nodes computes zeros from zeros, as the padding of blocked layouts needs. A product with zero is zero only if
 * the other factor is finite, so values that may be infinite at zero, such as logarithms and quotients, are told apart from others.
 */
final class ZeroPadding {
    private ZeroPadding() { }

    /** True if every result is zero where all operands of the chain's own shape are zero, whatever the scalars are (if finite). */
    static boolean kept(List<Node> chain, List<Value> results) {
        Set<Value> zero = new HashSet<>();
        Set<Value> infinite = new HashSet<>();
        for (Node node : chain) {
            for (Value input : node.inputs()) {
                boolean full = input.shape().equals(node.output(0).shape());
                if (input.node().op() instanceof Source.Fill(var _, double value)) {
                    (value == 0 ? zero : Float.isFinite((float) value) ? new HashSet<Value>() : infinite).add(input);
                } else if (full && chain.stream().noneMatch(n -> n == input.node())) {
                    zero.add(input);
                }
            }
            if (keeps(node, zero, infinite)) {
                zero.add(node.output(0));
            } else if (mayDiverge(node, zero) || node.inputs().stream().anyMatch(infinite::contains)) {
                infinite.add(node.output(0));
            }
        }
        return zero.containsAll(results);
    }

    /** True if the node's result may be infinite or NaN though its operands are finite. */
    private static boolean mayDiverge(Node node, Set<Value> zero) {
        return switch ((Pointwise) node.op()) {
            case Pointwise.Unary(UnaryFunction function) -> switch (function) {
                case LOG, LOG1P, SQRT, RSQRT, RECIPROCAL -> true;
                case EXP, EXPM1 -> !zero.contains(node.input(0));
                case NEGATE, ABS, SIGN, SQUARE, FLOOR, CEIL, ROUND, TANH, RELU, ERF, SIGMOID, SOFTPLUS, NOT -> false;
            };
            case Pointwise.Binary(BinaryFunction function) -> function == BinaryFunction.DIVIDE || function == BinaryFunction.POW;
            case Pointwise.Where _, Pointwise.Cast _, Pointwise.LeakyRelu _, Pointwise.Elu _, Pointwise.Gelu _, Pointwise.Binarize _,
                Pointwise.Clip _, Pointwise.ReluGradient _, Pointwise.Compare _ -> false;
        };
    }

    private static boolean keeps(Node node, Set<Value> zero, Set<Value> infinite) {
        boolean first = zero.contains(node.input(0));
        boolean second = node.inputs().size() > 1 && zero.contains(node.input(1));
        return switch ((Pointwise) node.op()) {
            case Pointwise.Unary(UnaryFunction function) -> first && switch (function) {
                case NEGATE, ABS, SIGN, EXPM1, LOG1P, SQRT, SQUARE, FLOOR, CEIL, ROUND, TANH, RELU, ERF -> true;
                case EXP, LOG, RSQRT, RECIPROCAL, SIGMOID, SOFTPLUS, NOT -> false;
            };
            case Pointwise.Binary(BinaryFunction function) -> switch (function) {
                case ADD, SUBTRACT, MAX, MIN -> first && second;
                case MULTIPLY, AND -> first && !infinite.contains(node.input(1)) || second && !infinite.contains(node.input(0));
                case OR, XOR -> first && second;
                case DIVIDE, POW -> false;
            };
            case Pointwise.Where _ -> second && zero.contains(node.input(2));
            case Pointwise.Cast _, Pointwise.LeakyRelu _, Pointwise.Elu _, Pointwise.Gelu _, Pointwise.Binarize _ -> first;
            case Pointwise.Clip(double low, double high) -> first && low <= 0 && high >= 0;
            case Pointwise.ReluGradient _ -> first;
            case Pointwise.Compare _ -> false;
        };
    }
}
