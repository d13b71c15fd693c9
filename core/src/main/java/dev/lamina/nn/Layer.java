package dev.lamina.nn;

import dev.lamina.graph.Value;

/** A function that adds its nodes, and the parameters they need, to a graph. */
@FunctionalInterface
public interface Layer {
    /**
     * Adds this layer.
     *
     * @param context the graph, the mode, and the path under which parameters are named
     * @param x the layer's input
     * @return its output
     * @throws dev.lamina.graph.GraphException if the input's shape or an option breaks the layer's rules
     */
    Value apply(Context context, Value x);
}
