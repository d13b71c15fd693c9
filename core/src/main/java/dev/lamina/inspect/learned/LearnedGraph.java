package dev.lamina.inspect.learned;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A network in inference, from pixels to logits, in a builder to which more can be added. Not thread-safe. */
final class LearnedGraph {
    /** Input: pixels, float32 {@code [N, C, H, W]}, 0 to 255. */
    static final String PIXELS = "pixels";

    private final GraphBuilder builder = new GraphBuilder();
    private final Value input;
    private final Value logits;

    /** A convolution and the variable that its filters are. */
    record Filter(String layer, String parameter) {
    }

    LearnedGraph(Learned network, long batch) {
        Shape in = network.model().inputShape();
        long channels = in.dim(0);
        Value pixels = builder.input(PIXELS, TensorType.of(DType.FLOAT32, batch, channels, in.dim(1), in.dim(2)));
        Value scale = Source.constant(builder, Tensor.of(DType.FLOAT32, network.scale(), 1, channels, 1, 1));
        Value shift = Source.constant(builder, Tensor.of(DType.FLOAT32, network.shift(), 1, channels, 1, 1));
        builder.name("pixels.scaled");
        Value scaled = pixels.times(scale);
        builder.name("pixels.normalised");
        input = scaled.plus(shift);
        logits = network.model().logits(new Context(builder, false), input);
    }

    GraphBuilder builder() {
        return builder;
    }

    /** What the model sees: normalised pixels. */
    Value input() {
        return input;
    }

    Value logits() {
        return logits;
    }

    /** The model's nodes that depend on the pixels, in order of computation. */
    List<Node> nodes() {
        return between(input, logits);
    }

    /** First results of those nodes by name. */
    Map<String, Value> values() {
        Map<String, Value> values = new LinkedHashMap<>();
        nodes().forEach(n -> values.put(n.name(), n.output(0)));
        return values;
    }

    /** Nodes on paths from a value, it left out, to another, its node included, in order of computation. */
    static List<Node> between(Value from, Value to) {
        Set<Node> above = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(to.node()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (node != from.node() && above.add(node)) {
                node.inputs().forEach(v -> open.push(v.node()));
            }
        }
        Set<Node> reached = new HashSet<>(Set.of(from.node()));
        List<Node> found = new ArrayList<>();
        for (Node node : above.stream().sorted(Comparator.comparingInt(Node::id)).toList()) {
            if (node.inputs().stream().anyMatch(v -> reached.contains(v.node()))) {
                reached.add(node);
                found.add(node);
            }
        }
        return found;
    }

    List<Filter> filters() {
        List<Filter> filters = new ArrayList<>();
        for (Node node : nodes()) {
            if (node.op() instanceof Convolution.Conv2d && node.input(1).node().op() instanceof Source.Variable variable) {
                filters.add(new Filter(node.name(), variable.variableName()));
            }
        }
        return filters;
    }
}
