package dev.lamina.check;

import dev.lamina.backend.CompileReport;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which values a compilation writes to memory although it fuses nodes: those that something outside their fused group reads. */
final class Boundaries {
    private Boundaries() { }

    /**
     * Values that can be made outputs without changing what is fused: no source's and no update's, which the state holds.
     *
     * @param graph the graph as compiled
     * @param report what the compilation said; one that says nothing fuses nothing
     */
    static Set<Value> of(Graph graph, CompileReport report) {
        Map<String, Set<Integer>> entries = new HashMap<>();
        for (int i = 0; i < report.lowered().size(); i++) {
            for (String name : report.lowered().get(i).nodes()) {
                entries.computeIfAbsent(name, _ -> new HashSet<>()).add(i);
            }
        }
        Map<Value, List<Node>> readers = new HashMap<>();
        graph.nodes().forEach(n -> n.inputs().forEach(v -> readers.computeIfAbsent(v, _ -> new ArrayList<>()).add(n)));
        Set<Value> boundaries = new LinkedHashSet<>();
        for (Node node : graph.nodes()) {
            for (Value value : node.outputs()) {
                boolean outside = readers.getOrDefault(value, List.of()).stream().anyMatch(r -> apart(entries, node, r));
                if (outside && isComputed(value)) {
                    boundaries.add(value);
                }
            }
        }
        return boundaries;
    }

    private static boolean apart(Map<String, Set<Integer>> entries, Node node, Node reader) {
        return entries.isEmpty()
                || Collections.disjoint(entries.getOrDefault(node.name(), Set.of()), entries.getOrDefault(reader.name(), Set.of()));
    }

    private static boolean isComputed(Value value) {
        return !(value.root().node().op() instanceof Source) && !(value.node().op() instanceof Update);
    }
}
