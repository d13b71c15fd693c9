package dev.lamina.inspect.learned;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise.ReluGradient;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Rewriter;
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
 * {@code γ / sqrt(σ² + ε)}; average pooling spreads evenly, sums pass the signal to both operands. Stateless and thread-safe.
 */
public final class BackwardRules {
    private BackwardRules() { }

    /** The graph with the rule in the place of the gradient's. */
    public static Graph apply(Graph graph, ReluRule rule) {
        return rule == ReluRule.GRADIENT ? graph : Rewriter.rewrite(graph, (to, node, operands) -> results(to, node, operands, rule))
                .graph();
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
