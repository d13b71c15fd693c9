package dev.lamina.check;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares runs from one state with the first of them. */
final class Repetition {
    private final Graph graph;
    private final SideRun.Values first;
    private final Map<Node, RepeatReport.Varying> varying = new HashMap<>();

    Repetition(Graph graph, SideRun.Values first) {
        this.graph = graph;
        this.first = first;
    }

    void add(SideRun.Values run) {
        Map<Node, RepeatReport.Varying> found = new HashMap<>();
        Set<Value> differing = new HashSet<>();
        for (Node node : graph.nodes()) {
            for (Value value : node.outputs()) {
                compare(value, first.kept(), run.kept(), differing, found);
                compare(value, first.used(), run.used(), differing, found);
            }
        }
        found.forEach((node, now) -> varying.merge(node, now, Repetition::worse));
    }

    private static void compare(Value value, Map<Value, Tensor> a, Map<Value, Tensor> b, Set<Value> differing,
            Map<Node, RepeatReport.Varying> found) {
        if (!a.containsKey(value)) {
            return;
        }
        Repeats repeats = Repeats.of(a.get(value), b.get(value));
        if (repeats.differing() > 0) {
            boolean operands = value.node().inputs().stream().anyMatch(differing::contains);
            differing.add(value);
            found.putIfAbsent(value.node(), new RepeatReport.Varying(value.node(), operands, 1, repeats.differing(),
                    value.shape().position(repeats.firstDiffering()), Difference.of(a.get(value), b.get(value)).worst()));
        }
    }

    private static RepeatReport.Varying worse(RepeatReport.Varying a, RepeatReport.Varying b) {
        RepeatReport.Varying more = a.elements() >= b.elements() ? a : b;
        return new RepeatReport.Varying(a.node(), a.operandsVary() && b.operandsVary(), a.runsApart() + b.runsApart(), more.elements(),
                more.position(), Math.max(a.largest(), b.largest()));
    }

    RepeatReport report(String side, int runs) {
        List<RepeatReport.Varying> inOrder = new ArrayList<>();
        graph.nodes().stream().filter(varying::containsKey).forEach(node -> inOrder.add(varying.get(node)));
        return new RepeatReport(side, runs, inOrder);
    }
}
