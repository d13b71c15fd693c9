package dev.lamina.cuda.lowering;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.fusion.Group;
import dev.lamina.graph.Node;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts updates of one kind together, so that one launch does them all. An update waits for later ones of its kind until something reads the
 * new value, or changes a variable that the update reads.
 */
final class UpdateGroups {
    /** Updates that may share a launch: equal ops on variables of one type, with the same learning rate and step number. */
    private record Kind(Update op, DType type, List<Value> shared) {
        static Kind of(Node node) {
            Update op = (Update) node.op();
            DType type = node.input(0).dtype();
            return switch (op) {
                // A copy of bytes, whatever they mean.
                case Update.Assign _ -> new Kind(op, null, List.of());
                case Update.Sgd _ -> new Kind(op, type, List.of(node.input(2)));
                case Update.Adam _ -> new Kind(op, type, List.of(node.input(2), node.input(5)));
                case Update.Ema _ -> new Kind(op, type, node.inputs().subList(2, node.inputs().size()));
            };
        }
    }

    private final Map<Kind, List<Node>> waiting = new LinkedHashMap<>();
    private final List<Group> ordered = new ArrayList<>();

    private UpdateGroups() { }

    /** The groups in an order in which they can run, given such an order; each update by itself if the options forbid fusion. */
    static List<Group> of(List<Group> groups, CompileOptions options) {
        if (!options.passes().contains(Pass.FUSION) || options.keepAll()) {
            return groups;
        }
        UpdateGroups made = new UpdateGroups();
        groups.forEach(made::add);
        List.copyOf(made.waiting.keySet()).forEach(made::release);
        return made.ordered;
    }

    private void add(Group group) {
        Set<Node> read = new HashSet<>();
        Set<Value> changed = new HashSet<>();
        for (Node node : group.nodes()) {
            node.inputs().forEach(value -> read.add(value.root().node()));
            if (node.op() instanceof Update update) {
                update.updated(node.inputs().size()).forEach(i -> changed.add(node.input(i)));
            }
        }
        for (Kind kind : List.copyOf(waiting.keySet())) {
            if (waiting.get(kind).stream().anyMatch(node -> read.contains(node) || reads(node, changed))) {
                release(kind);
            }
        }
        if (group instanceof Group.Single(Node node) && node.op() instanceof Update) {
            waiting.computeIfAbsent(Kind.of(node), _ -> new ArrayList<>()).add(node);
        } else {
            ordered.add(group);
        }
    }

    private static boolean reads(Node node, Set<Value> variables) {
        return node.inputs().stream().anyMatch(value -> variables.contains(value.root()));
    }

    private void release(Kind kind) {
        List<Node> nodes = waiting.remove(kind);
        ordered.add(nodes.size() == 1 ? new Group.Single(nodes.getFirst()) : new Group.Updates(List.copyOf(nodes)));
    }
}
