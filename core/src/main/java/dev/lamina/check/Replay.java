package dev.lamina.check;

import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph taken apart: each wanted value is computed once more from the nearest values that are known, which become inputs. So nothing that
 * went wrong earlier reaches it, unless a side really had it.
 *
 * @param graph what the judge runs
 * @param fed original values that are inputs, by the input's name
 * @param targets variables that updates change, by name: they are in the judge's state
 * @param outputs the output that holds each wanted value
 * @param groups the nodes that each wanted value is computed by, in graph order
 */
record Replay(Graph graph, Map<String, Value> fed, Map<String, Value> targets, Map<Value, String> outputs, Map<Value, List<Node>> groups) {

    /**
     * Takes a graph apart.
     *
     * @param known values whose numbers will be given; inputs, variables and constants are known anyway
     * @param wanted values to compute, none of them a source's
     */
    static Replay of(Graph graph, Set<Value> known, Collection<Value> wanted) {
        return new Maker(graph, known).make(new LinkedHashSet<>(wanted));
    }

    private static final class Maker {
        private final Graph original;
        private final Set<Value> known;
        private final GraphBuilder builder = new GraphBuilder();
        private final Map<Value, Value> operands = new HashMap<>();
        private final Map<Value, Value> computed = new HashMap<>();
        private final Map<String, Value> fed = new LinkedHashMap<>();
        private final Map<String, Value> targets = new LinkedHashMap<>();

        Maker(Graph original, Set<Value> known) {
            this.original = original;
            this.known = known;
        }

        Replay make(Set<Value> wanted) {
            Set<Node> needed = needed(wanted);
            original.nodes().stream().filter(needed::contains).forEach(this::copy);
            Map<Value, String> outputs = new LinkedHashMap<>();
            Map<Value, List<Node>> groups = new HashMap<>();
            for (Value value : wanted) {
                String name = "v" + outputs.size();
                builder.output(name, computed.get(value));
                outputs.put(value, name);
                groups.put(value, group(value));
            }
            return new Replay(builder.build(), fed, targets, outputs, groups);
        }

        private boolean given(Value value) {
            return value.node().op() instanceof Source || known.contains(value);
        }

        private Set<Node> needed(Set<Value> wanted) {
            Set<Node> needed = new HashSet<>();
            wanted.forEach(value -> needed.add(value.node()));
            for (Node node : original.nodes().reversed()) {
                if (needed.contains(node)) {
                    node.inputs().stream().filter(v -> !given(v)).forEach(v -> needed.add(v.node()));
                }
            }
            return needed;
        }

        private void copy(Node node) {
            List<Value> in = new ArrayList<>();
            List<Integer> updated = node.op() instanceof Update update ? update.updated(node.inputs().size()) : List.of();
            for (int i = 0; i < node.inputs().size(); i++) {
                in.add(updated.contains(i) ? target(node.input(i)) : operand(node.input(i)));
            }
            Node copy = builder.name(node.name()).addNode(node.op(), in);
            for (int i = 0; i < node.outputs().size(); i++) {
                computed.put(node.output(i), copy.output(i));
            }
        }

        private Value target(Value variable) {
            Source.Variable source = (Source.Variable) variable.node().op();
            targets.put(source.variableName(), variable);
            return builder.variable(source.variableName(), source.type(), false);
        }

        private Value operand(Value value) {
            return operands.computeIfAbsent(value, this::makeOperand);
        }

        private Value makeOperand(Value value) {
            return switch (value.node().op()) {
                case Source.Constant constant -> builder.add(constant);
                case Source.Fill fill -> builder.add(fill);
                case Source.Input _, Source.Variable _ -> feed(value);
                default -> known.contains(value) ? feed(value) : computed.get(value);
            };
        }

        private Value feed(Value value) {
            String name = "x" + fed.size();
            fed.put(name, value);
            return builder.input(name, value.type());
        }

        private List<Node> group(Value value) {
            Set<Node> members = new HashSet<>(Set.of(value.node()));
            List<Node> group = new ArrayList<>();
            for (Node node : original.nodes().reversed()) {
                if (members.contains(node)) {
                    group.addFirst(node);
                    node.inputs().stream().filter(v -> !given(v)).forEach(v -> members.add(v.node()));
                }
            }
            return List.copyOf(group);
        }
    }
}
