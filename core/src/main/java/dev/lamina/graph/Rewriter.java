package dev.lamina.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rebuilds a graph node by node, in its order, in a builder of its own. The original stays untouched.
 *
 * <p>A {@link Rule} says what becomes of each node. It adds one by {@link #copy} or {@link #replace} at most once, as these keep the name,
 * and any number of others through {@link #fresh}. Not thread-safe.
 */
public final class Rewriter {
    private final GraphBuilder builder = new GraphBuilder();
    private final Map<Value, Value> values = new HashMap<>();

    /** What becomes of a node. */
    @FunctionalInterface
    public interface Rule {
        /**
         * The values that take the place of a node's results.
         *
         * @param to where to add nodes
         * @param node a node of the original
         * @param operands what became of its operands; null where nothing computes one any more
         * @return one value of the new graph a result, null for a result that nobody reads
         */
        List<Value> results(Rewriter to, Node node, List<Value> operands);
    }

    private Rewriter(Graph graph) {
        builder.reserve(graph.nodes().stream().map(Node::name).toList());
    }

    /**
     * Applies a rule to every node; nodes that are dead then are left out, inputs and variables too.
     *
     * @throws GraphException if the result is no graph: an output without a value, a variable updated twice, or a node that needs both the
     *     old value of a variable and the new one
     */
    public static Rewritten rewrite(Graph graph, Rule rule) {
        Rewriter rewriter = new Rewriter(graph);
        graph.nodes().forEach(node -> rewriter.take(node, rule));
        Map<String, Value> outputs = new LinkedHashMap<>();
        graph.outputs().forEach((name, value) -> outputs.put(name, rewriter.known(name, value)));
        Graph result = Graph.of(rewriter.builder.nodes(), outputs);
        Set<Node> live = new HashSet<>(result.nodes());
        rewriter.values.values().removeIf(value -> !live.contains(value.node()));
        return new Rewritten(result, rewriter.values);
    }

    private Value known(String output, Value original) {
        Value value = values.get(original);
        if (value == null) {
            throw new GraphException("output \"" + output + "\": the rewritten graph has no value for " + original + ".");
        }
        return value;
    }

    /** The part of a graph that computes these values, as a graph whose outputs are named 0, 1, and so on in their order. */
    static Graph extract(Graph graph, List<Value> wanted) {
        Rewriter rewriter = new Rewriter(graph);
        graph.nodes().stream().filter(n -> !(n.op() instanceof Update)).forEach(node -> rewriter.take(node, Rewriter::copyIfKnown));
        Map<String, Value> outputs = new LinkedHashMap<>();
        for (int i = 0; i < wanted.size(); i++) {
            outputs.put(String.valueOf(i), rewriter.values.get(wanted.get(i)));
        }
        return Graph.of(rewriter.builder.nodes(), outputs);
    }

    private List<Value> copyIfKnown(Node node, List<Value> operands) {
        return operands.contains(null) ? java.util.Collections.nCopies(node.outputs().size(), null) : copy(node, operands);
    }

    private void take(Node node, Rule rule) {
        List<Value> results = rule.results(this, node, node.inputs().stream().map(values::get).toList());
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i) != null) {
                values.put(node.output(i), results.get(i));
            }
        }
    }

    /** Adds the node as it was, and gives its results. */
    public List<Value> copy(Node node, List<Value> operands) {
        return replace(node, node.op(), operands);
    }

    /**
     * Adds a node in place of the original, of other operands or another op, under the original's name, and gives its results.
     *
     * @throws GraphException if the operands break the op's rules
     */
    public List<Value> replace(Node node, Op op, List<Value> operands) {
        return builder.restore(node.name(), op, operands).outputs();
    }

    /** Where to add nodes that the original does not have; their names start with the prefix. */
    public GraphBuilder fresh(String prefix) {
        builder.prefix(prefix);
        return builder;
    }
}
