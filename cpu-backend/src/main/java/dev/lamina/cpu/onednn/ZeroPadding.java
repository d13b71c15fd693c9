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

/** Whether a chain of pointwise nodes computes zeros from zeros, as the padding of blocked layouts needs. */
final class ZeroPadding {
    private ZeroPadding() { }

    /** True if every result is zero where all operands of the chain's own shape are zero, whatever the scalars are (if finite). */
    static boolean kept(List<Node> chain, List<Value> results) {
        Set<Value> zero = new HashSet<>();
        for (Node node : chain) {
            for (Value input : node.inputs()) {
                boolean full = input.shape().equals(node.output(0).shape());
                boolean fill = input.node().op() instanceof Source.Fill;
                if (fill ? ((Source.Fill) input.node().op()).value() == 0 : full && chain.stream().noneMatch(n -> n == input.node())) {
                    zero.add(input);
                }
            }
            if (keeps(node, zero)) {
                zero.add(node.output(0));
            }
        }
        return zero.containsAll(results);
    }

    private static boolean keeps(Node node, Set<Value> zero) {
        boolean first = zero.contains(node.input(0));
        boolean second = node.inputs().size() > 1 && zero.contains(node.input(1));
        return switch ((Pointwise) node.op()) {
            case Pointwise.Unary(UnaryFunction function) -> first && switch (function) {
                case NEGATE, ABS, SIGN, EXPM1, LOG1P, SQRT, SQUARE, FLOOR, CEIL, ROUND, TANH, RELU, ERF -> true;
                case EXP, LOG, RSQRT, RECIPROCAL, SIGMOID, SOFTPLUS, NOT -> false;
            };
            case Pointwise.Binary(BinaryFunction function) -> switch (function) {
                case ADD, SUBTRACT, MAX, MIN -> first && second;
                case MULTIPLY, AND -> first || second;
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
