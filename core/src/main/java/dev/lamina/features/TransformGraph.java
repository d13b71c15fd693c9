package dev.lamina.features;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * The graph by which a fitted featuriser transforms a batch, with its values, e.g. to check backends on it. Immutable.
 *
 * @param graph input {@value #SAMPLES}, output {@value #FEATURES} float32 {@code [n, D]}
 * @param weights values of its variables by name
 */
public record TransformGraph(Graph graph, Map<String, Tensor> weights) {
    /** Input: samples {@code [n, sampleShape]}. */
    public static final String SAMPLES = FeatureGraph.SAMPLES;
    /** Output: their vectors. */
    public static final String FEATURES = "features";

    /**
     * The graph for one batch size.
     *
     * @param type uint8 pixels, which are divided by 255, or float32
     * @param rows n, at least 1
     */
    public static TransformGraph of(Fitted fitted, DType type, int rows) {
        FeatureGraph graph = new FeatureGraph(rows);
        Value x = graph.samples(type, fitted.sampleShape());
        add(fitted, graph, x);
        Graph built = graph.build();
        Map<String, Tensor> used = new HashMap<>();
        built.variables().forEach(v -> used.put(v.name(), graph.weights().get(v.name())));
        return new TransformGraph(built, Map.copyOf(used));
    }

    static void add(Fitted fitted, FeatureGraph graph, Value x) {
        graph.output(FEATURES, Shaping.flatten(fitted.apply(graph, x)));
    }
}
