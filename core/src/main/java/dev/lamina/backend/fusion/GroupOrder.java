package dev.lamina.backend.fusion;

import dev.lamina.backend.fusion.Group.Chain;
import dev.lamina.backend.fusion.Group.Single;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Orders groups: operands first, updates after every reader of the old values, else as the graph has them. Groups that would wait for
 * each other are taken apart.
 */
public final class GroupOrder {
    private GroupOrder() { }

    /**
     * The groups in an order in which they can run.
     *
     * @param groups the group of every node; changed where groups are taken apart
     * @param rules says which nodes are chains of one when they are alone
     */
    public static List<Group> of(Graph graph, Map<Node, Group> groups, FusionRules rules) {
        while (true) {
            List<Group> ordered = new ArrayList<>();
            Set<Group> stuck = order(graph, groups, ordered);
            if (stuck.isEmpty()) {
                return ordered;
            }
            Group widest = stuck.stream().filter(g -> g.nodes().size() > 1).max((a, b) -> a.nodes().size() - b.nodes().size())
                    .orElseThrow(() -> new IllegalStateException("fusion: the graph has a cycle."));
            widest.nodes().forEach(node -> groups.put(node, alone(node, rules)));
        }
    }

    /** A pointwise node by itself is a chain still. */
    private static Group alone(Node node, FusionRules rules) {
        return rules.chains().test(node) ? new Chain(List.of(node)) : new Single(node);
    }

    private static Set<Group> order(Graph graph, Map<Node, Group> groups, List<Group> ordered) {
        Map<Group, Set<Group>> followers = new HashMap<>();
        Map<Group, Integer> rank = new HashMap<>();
        Map<Value, Group> updaters = new HashMap<>();
        int position = 0;
        for (Node node : graph.nodes()) {
            Group own = groups.get(node);
            rank.put(own, position++);
            followers.putIfAbsent(own, new LinkedHashSet<>());
            if (node.op() instanceof Update update) {
                update.updated(node.inputs().size()).forEach(i -> updaters.put(node.input(i), own));
            }
        }
        for (Node node : graph.nodes()) {
            Group own = groups.get(node);
            for (Value input : node.inputs()) {
                link(followers, groups.get(input.node()), own);
                Group updater = input.root().node().op() instanceof Source.Variable ? updaters.get(input.root()) : null;
                if (updater != null) {
                    link(followers, own, updater);
                }
            }
        }
        Map<Group, Integer> waits = new HashMap<>();
        followers.values().forEach(all -> all.forEach(g -> waits.merge(g, 1, Integer::sum)));
        PriorityQueue<Group> ready = new PriorityQueue<>((a, b) -> rank.get(a) - rank.get(b));
        followers.keySet().stream().filter(g -> !waits.containsKey(g)).forEach(ready::add);
        Set<Group> open = new HashSet<>(followers.keySet());
        while (!ready.isEmpty()) {
            Group next = ready.poll();
            ordered.add(next);
            open.remove(next);
            followers.get(next).forEach(g -> {
                if (waits.merge(g, -1, Integer::sum) == 0) {
                    ready.add(g);
                }
            });
        }
        return open;
    }

    private static void link(Map<Group, Set<Group>> followers, Group before, Group after) {
        if (before != after) {
            followers.get(before).add(after);
        }
    }
}
