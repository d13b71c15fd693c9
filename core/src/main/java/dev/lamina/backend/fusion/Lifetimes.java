package dev.lamina.backend.fusion;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Random;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What happens to each value: whether it must be kept after a run, who reads it last, and whether it depends on the state only. One thread.
 */
public final class Lifetimes {
    private final Map<Value, Integer> lastReader = new HashMap<>();
    private final Map<Value, Integer> readers = new HashMap<>();
    private final Set<Value> kept = new HashSet<>();
    private final Set<Node> stateOnly = new HashSet<>();
    private final boolean overwrite;
    private int group;

    /**
     * Looks at a graph.
     *
     * @param groups nodes in the order in which they will run together
     * @param keepAll whether every value must be readable after a run
     * @param overwrite whether a result may take the memory of an operand
     */
    public Lifetimes(Graph graph, List<? extends Group> groups, boolean keepAll, boolean overwrite) {
        this.overwrite = overwrite && !keepAll;
        graph.outputs().values().forEach(value -> kept.add(value.root()));
        boolean updates = graph.nodes().stream().anyMatch(n -> n.op() instanceof Update);
        for (int i = 0; i < groups.size(); i++) {
            for (Node node : groups.get(i).nodes()) {
                for (Value input : node.inputs()) {
                    lastReader.merge(input.root(), i, Math::max);
                    readers.merge(input, 1, Integer::sum);
                }
                if (keepAll) {
                    kept.addAll(node.outputs());
                }
            }
        }
        for (Group together : groups) {
            // What is computed in one step with a value of an input is computed in every run.
            if (together.nodes().stream().allMatch(node -> isStateOnly(node, together.nodes(), updates))) {
                stateOnly.addAll(together.nodes());
            }
        }
    }

    private boolean isStateOnly(Node node, List<Node> together, boolean updates) {
        return switch (node.op()) {
            case Source.Constant _, Source.Fill _ -> true;
            case Source.Variable _ -> !updates;
            case Source.Input _, Random _, Update _ -> false;
            default -> !node.inputs().isEmpty()
                    && node.inputs().stream().map(Value::node).allMatch(n -> stateOnly.contains(n) || together.contains(n));
        };
    }

    /** The group that is being lowered. */
    public void at(int index) {
        group = index;
    }

    /** True if the value's memory must not be reused. */
    public boolean isKept(Value value) {
        return kept.contains(value.root());
    }

    /** True if no later group reads the value, so that the present one may write over it. */
    public boolean mayOverwrite(Value value) {
        Value root = value.root();
        return overwrite && !isKept(root) && lastReader.getOrDefault(root, -1) <= group && !isHoisted(root);
    }

    /** Number of operands that the value is. */
    public int readers(Value value) {
        return readers.getOrDefault(value, 0);
    }

    /** True if the value is the same in every run until the state changes. */
    public boolean isHoisted(Value value) {
        return stateOnly.contains(value.node());
    }
}
