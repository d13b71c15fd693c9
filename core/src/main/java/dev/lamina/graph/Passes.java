package dev.lamina.graph;

import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.function.Function;

/**
 * Transformations of graphs. Each gives a new graph that computes the same outputs and updates under the same names, bit for bit unless
 * said, and says where the original's values went; the original stays as it is. Nodes that nothing needs are always left out.
 */
public final class Passes {
    private Passes() { }

    /**
     * Nodes of one op, with equal attributes and the same operands, become one: the first. Constants are the same if they hold one tensor,
     * or equal bytes of at most {@value CommonSubexpressions#LARGEST_COMPARED}. Random ops draw the same numbers only if they have one
     * stream, and become one only then. Updates are never joined.
     */
    public static Rewritten commonSubexpressions(Graph graph) {
        return Rewriter.rewrite(graph, new CommonSubexpressions());
    }

    /**
     * What depends on constants and fills only is computed now: every such value that something else reads, or that is an output,
     * becomes a constant, or a fill if all its elements are equal. Views stay. So does a node whose results would have more bytes than
     * {@value ConstantFolding#SMALL} and {@value ConstantFolding#GROWTH} times those of the constants behind it, e.g. a number
     * stretched to a large shape; what it reads is folded. What fails on these values in a run, e.g. an index outside an axis, fails
     * here.
     *
     * @param evaluate runs a graph without inputs, variables and random ops, and gives its outputs by name; results stay the same bit for
     *     bit if it computes as the graph's runs would
     */
    public static Rewritten foldConstants(Graph graph, Function<Graph, Map<String, Tensor>> evaluate) {
        return ConstantFolding.fold(graph, evaluate);
    }

    /**
     * Nodes that change no bit are left out: {@code stopGradient} (so differentiate before); casts to the same type; reshapes and
     * transposes of each other, joined or cancelled; slices of everything, borders of nothing, reversals of single elements or of each
     * other, junctions of one part; {@code -(-x)}, {@code x * 1}, {@code x / 1}, {@code x - 0} and {@code x + -0}, and for integers
     * {@code x + 0}; stretching before an op that stretches by itself, of a stretch, or of a fill. Floating {@code x + 0} stays, as it
     * makes 0 of -0. Of NaNs only that they are NaN is kept, not their payload.
     */
    public static Rewritten simplify(Graph graph) {
        return Rewriter.rewrite(graph, new Simplification());
    }

    /**
     * {@code batchNormInference(conv2d(x, w, b), γ, β, μ, σ²)} becomes {@code conv2d(x, w s, (b - μ) s + β)} with
     * {@code s = γ / sqrt(σ² + ε)} a filter; likewise a matrix product of rank 2. Changes rounding. Done where the product is float32 or
     * float64, no output and read by nothing else, its weights are not more than its results, and γ, β, μ and σ² are variables, inputs or
     * constants. The new weights are computed in every run, unless constant folding finds that they need not be.
     */
    public static Rewritten foldBatchNorm(Graph graph) {
        return Rewriter.rewrite(graph, new BatchNormFolding(graph));
    }
}
