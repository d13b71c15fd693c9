package dev.lamina.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * A frozen graph: nodes in an order in which they can run, without dead ones.
 *
 * <p>A {@link Source.Variable} always reads as the value before the run: update nodes come after every other reader of the variables they
 * change, and their outputs are the new values. Immutable and thread-safe.
 */
public final class Graph {
    private final List<Node> nodes;
    private final Map<String, Value> outputs;

    private Graph(List<Node> nodes, Map<String, Value> outputs) {
        this.nodes = List.copyOf(nodes);
        this.outputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    static Graph of(List<Node> all, Map<String, Value> outputs) {
        Set<Node> reachable = reachable(all, outputs);
        List<Node> live = all.stream().filter(reachable::contains).toList();
        Map<Value, Node> updaters = updaters(live);
        outputs.forEach((name, value) -> {
            if (updaters.containsKey(value.root())) {
                throw new GraphException("output \"" + name + "\": variable \"" + value.root().name()
                        + "\" is updated in the same run. Output the update's result, or read the variable from the state.");
            }
        });
        return new Graph(order(live), outputs);
    }

    private static Set<Node> reachable(List<Node> all, Map<String, Value> outputs) {
        Set<Node> live = new HashSet<>();
        outputs.values().forEach(v -> live.add(v.node()));
        all.stream().filter(n -> n.op() instanceof Update).forEach(live::add);
        for (Node node : all.reversed()) {
            if (live.contains(node)) {
                node.inputs().forEach(v -> live.add(v.node()));
            }
        }
        return live;
    }

    /** Topological order with the extra rule that an update waits for the other readers; updates run as early as that allows. */
    private static List<Node> order(List<Node> live) {
        Map<Node, List<Node>> followers = new IdentityHashMap<>();
        Map<Node, Integer> waits = new IdentityHashMap<>();
        live.forEach(n -> {
            followers.put(n, new ArrayList<>());
            waits.put(n, 0);
        });
        Map<Value, Node> updaters = updaters(live);
        for (Node node : live) {
            for (Value input : node.inputs()) {
                followers.get(input.node()).add(node);
                waits.merge(node, 1, Integer::sum);
                Node updater = updaters.get(input.root());
                if (updater != null && updater != node) {
                    followers.get(node).add(updater);
                    waits.merge(updater, 1, Integer::sum);
                }
            }
        }
        PriorityQueue<Node> ready = new PriorityQueue<>(
                Comparator.comparing((Node n) -> !(n.op() instanceof Update)).thenComparing(Node::id));
        waits.forEach((node, count) -> {
            if (count == 0) {
                ready.add(node);
            }
        });
        List<Node> ordered = new ArrayList<>();
        while (!ready.isEmpty()) {
            Node node = ready.poll();
            ordered.add(node);
            for (Node follower : followers.get(node)) {
                if (waits.merge(follower, -1, Integer::sum) == 0) {
                    ready.add(follower);
                }
            }
        }
        if (ordered.size() < live.size()) {
            Node stuck = live.stream().filter(n -> n.op() instanceof Update && waits.get(n) > 0).findFirst().orElseThrow();
            throw new GraphException(stuck + ": a node needs both the old value of \"" + stuck.input(0).name()
                    + "\" and its new one. Read the update's output instead.");
        }
        return ordered;
    }

    private static Map<Value, Node> updaters(List<Node> live) {
        Map<Value, Node> updaters = new HashMap<>();
        for (Node node : live) {
            if (node.op() instanceof Update update) {
                for (int input : update.updated(node.inputs().size())) {
                    Node other = updaters.putIfAbsent(node.input(input), node);
                    if (other != null) {
                        throw new GraphException(node + ": variable \"" + node.input(input).name() + "\" is updated by " + other
                                + " already; one update a run is allowed.");
                    }
                }
            }
        }
        return updaters;
    }

    /**
     * This graph with more of its values as outputs; values stay the objects they are.
     *
     * @param more values of this graph by name
     * @throws GraphException if a name is taken, a value is of another graph, or it shows a variable that is updated in the same run
     */
    public Graph withOutputs(Map<String, Value> more) {
        Map<String, Value> all = new LinkedHashMap<>(outputs);
        Set<Node> known = new HashSet<>(nodes);
        more.forEach((name, value) -> {
            if (!known.contains(value.node())) {
                throw new GraphException("output \"" + name + "\": value \"" + value.name() + "\" is not computed by this graph.");
            }
            if (all.putIfAbsent(name, value) != null) {
                throw new GraphException("output \"" + name + "\": the graph has an output of this name already.");
            }
        });
        return of(nodes.stream().sorted(Comparator.comparing(Node::id)).toList(), all);
    }

    /** Nodes in an order in which they can run. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Values that can be fetched after a run, by name. */
    public Map<String, Value> outputs() {
        return outputs;
    }

    /**
     * The output of this name.
     *
     * @throws GraphException if there is none
     */
    public Value output(String name) {
        Value value = outputs.get(name);
        if (value == null) {
            throw new GraphException("output \"" + name + "\" unknown; the graph has " + outputs.keySet() + ".");
        }
        return value;
    }

    /** Values given at each run, in order of first use. */
    public List<Value> inputs() {
        return sources(Source.Input.class);
    }

    /** Values that live in the state. */
    public List<Value> variables() {
        return sources(Source.Variable.class);
    }

    private List<Value> sources(Class<? extends Source> kind) {
        return nodes.stream().filter(n -> kind.isInstance(n.op())).sorted(Comparator.comparing(Node::id)).map(n -> n.output(0)).toList();
    }

    /** Multiply-accumulates of one run. */
    public long macs() {
        return nodes.stream().mapToLong(Node::macs).reduce(0, Math::addExact);
    }

    /** Floating-point operations of one run. */
    public long flops() {
        return nodes.stream().mapToLong(Node::flops).reduce(0, Math::addExact);
    }

    /** One line a node: results, op with attributes, operands. */
    @Override
    public String toString() {
        return GraphText.text(this);
    }

    /** The graph in Graphviz's DOT language. */
    public String toDot() {
        return GraphText.dot(this);
    }
}
