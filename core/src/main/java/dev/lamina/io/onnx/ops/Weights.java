package dev.lamina.io.onnx.ops;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;

/** How the initializers of an ONNX graph enter Lamina's graph. */
@FunctionalInterface
public interface Weights {
    /** As constants. */
    Weights CONSTANTS = (graph, _, value, _) -> Source.constant(graph, value);

    /**
     * Adds a weight. One that several nodes need is added once a node.
     *
     * @param graph where to
     * @param name its name in the file
     * @param value its numbers, which must not be changed
     * @param statistic whether it is a running mean or variance, which gradients do not change
     */
    Value add(GraphBuilder graph, String name, Tensor value, boolean statistic);
}
