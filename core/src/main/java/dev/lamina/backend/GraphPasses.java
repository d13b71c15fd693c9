package dev.lamina.backend;

import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Passes;
import dev.lamina.graph.Rewritten;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The graph transformations that {@link CompileOptions} ask for, in the order in which each finds most to do. */
public final class GraphPasses {
    private GraphPasses() { }

    /**
     * Applies {@link Pass#SIMPLIFICATION}, {@link Pass#FUSION} (of batch normalisation into weights; backends fuse more),
     * {@link Pass#CONSTANT_FOLDING} and {@link Pass#COMMON_SUBEXPRESSIONS}, each if it is asked for. None of them if
     * {@link CompileOptions#keepAll} is, because each leaves out values that could be read then.
     *
     * @param evaluate runs a graph without inputs and variables once and gives its outputs by name; called at most once, and only for
     *     constant folding
     */
    public static Rewritten apply(Graph graph, CompileOptions options, Function<Graph, Map<String, Tensor>> evaluate) {
        Rewritten result = Rewritten.identity(graph);
        if (options.keepAll()) {
            return result;
        }
        Set<Pass> passes = options.passes();
        if (passes.contains(Pass.SIMPLIFICATION)) {
            result = result.then(Passes.simplify(result.graph()));
        }
        if (passes.contains(Pass.FUSION)) {
            result = result.then(Passes.foldBatchNorm(result.graph()));
        }
        if (passes.contains(Pass.CONSTANT_FOLDING)) {
            result = result.then(Passes.foldConstants(result.graph(), evaluate));
            if (passes.contains(Pass.SIMPLIFICATION)) {
                result = result.then(Passes.simplify(result.graph()));
            }
        }
        return passes.contains(Pass.COMMON_SUBEXPRESSIONS) ? result.then(Passes.commonSubexpressions(result.graph())) : result;
    }
}
