package dev.lamina.inspect.learned;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Op;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.ReluGradient;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Rewriter;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import java.util.List;

/**
 * What becomes of the gradient nodes of a graph under another rule for rectifiers; no kernel is new.
 *
 * <p>{@code GUIDED} (Springenberg et al. 2014): rectifiers pass {@code g 1[x > 0] 1[g > 0]}, all else is the gradient.
 *
 * <p>{@code DECONVNET} (Zeiler and Fergus 2013): rectifiers pass {@code max(0, g)}; max pooling puts each value to its winner, where
 * windows that overlap keep the last in place of the sum; local response normalisation passes the signal as it is. The gradients of the
 * rest are what the paper does: transposed convolution by the same filters without bias, {@code Wᵀ}, scaling by
 * {@code γ / sqrt(σ² + ε)}; average pooling spreads evenly, sums pass the signal to both operands.
 *
 * <p>A clip from 0 on, as {@code relu6} is, is taken as a rectifier. Stateless and thread-safe.
 */
public final class BackwardRules {
    private BackwardRules() { }

    /** The graph with the rule in the place of the gradient's. */
    public static Graph apply(Graph graph, ReluRule rule) {
        if (rule == ReluRule.GRADIENT) {
            return graph;
        }
        return Rewriter.rewrite(graph, (to, node, operands) -> isClipGradient(node) ? clipped(to, node, operands, rule)
                : results(to, node, operands, rule)).graph();
    }

    /**
     * Whether a node is {@code where(0 <= x and x <= high, g, 0)}, which the gradient of a clip from 0 on ends in. The clip itself may not
     * be in the graph, as its gradient needs its operand only.
     */
    private static boolean isClipGradient(Node node) {
        if (!(node.op() instanceof Pointwise.Where) || !node.name().startsWith("grad/")) {
            return false;
        }
        Node inside = node.input(0).node();
        return inside.op() instanceof Pointwise.Binary(BinaryFunction function) && function == BinaryFunction.AND
                && inside.input(0).node().op() instanceof Pointwise.Compare(Comparison above) && above == Comparison.GREATER_OR_EQUAL
                && inside.input(0).node().input(1).node().op() instanceof Source.Fill(TensorType _, double low) && low == 0
                && inside.input(1).node().op() instanceof Pointwise.Compare(Comparison below) && below == Comparison.LESS_OR_EQUAL;
    }

    /** Whether a clip stands for a rectifier. */
    static boolean isRectifier(Op op) {
        return op instanceof Pointwise.Clip(double low, double _) && low == 0;
    }

    private static List<Value> clipped(Rewriter to, Node node, List<Value> operands, ReluRule rule) {
        Value signal = rule == ReluRule.DECONVNET ? operands.get(1)
                : to.fresh("guided/" + node.name() + "/").add(node.op(), operands.toArray(Value[]::new));
        return to.replace(node, new ReluGradient(ReluRule.DECONVNET), List.of(signal, signal));
    }

    private static List<Value> results(Rewriter to, Node node, List<Value> operands, ReluRule rule) {
        boolean deconvnet = rule == ReluRule.DECONVNET;
        return switch (node.op()) {
            case ReluGradient(ReluRule old) when old == ReluRule.GRADIENT -> to.replace(node, new ReluGradient(rule), operands);
            case Pooling.MaxPoolGradient(long height, long width) when deconvnet ->
                to.replace(node, new Pooling.MaxUnpool(height, width), operands);
            case Normalization.LrnGradient _ when deconvnet -> List.of(operands.getFirst());
            default -> to.copy(node, operands);
        };
    }
}
