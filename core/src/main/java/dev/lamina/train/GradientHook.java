package dev.lamina.train;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Value;
import java.util.Map;

/** Changes the gradients in the graph between their computation and clipping, for example to average them over several machines. */
@FunctionalInterface
public interface GradientHook {
    /**
     * Adds nodes.
     *
     * @param graph the training graph
     * @param gradients gradient by variable, in order of the variables' creation
     * @return a gradient for each of the same variables
     */
    Map<Value, Value> apply(GraphBuilder graph, Map<Value, Value> gradients);

    /** The hook that changes nothing. */
    static GradientHook none() {
        return (graph, gradients) -> gradients;
    }
}
