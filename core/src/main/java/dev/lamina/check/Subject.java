package dev.lamina.check;

import dev.lamina.graph.Graph;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * What is checked.
 *
 * @param name for people, e.g. {@code lenet, training step}
 * @param graph the graph; if it holds updates, each run is a training step
 * @param variables values of its variables before the first run, by name; those that are missing start as zeros
 * @param inputs the inputs of step 0, 1, ... by name; asked once for each step and side, and must give the same each time
 */
public record Subject(String name, Graph graph, Map<String, Tensor> variables, IntFunction<Map<String, Tensor>> inputs) {
    /** A copy of the map is kept. */
    public Subject {
        variables = Map.copyOf(variables);
    }

    /** A graph that gets the same inputs at each step. */
    public static Subject of(String name, Graph graph, Map<String, Tensor> variables, Map<String, Tensor> inputs) {
        Map<String, Tensor> same = Map.copyOf(inputs);
        return new Subject(name, graph, variables, _ -> same);
    }
}
