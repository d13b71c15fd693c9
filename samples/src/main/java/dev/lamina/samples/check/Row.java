package dev.lamina.samples.check;

import dev.lamina.check.CheckReport;
import dev.lamina.check.NodeReport;
import dev.lamina.check.SideReport;
import dev.lamina.graph.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A line of a report: one node, or one fused group, on one side.
 *
 * @param side the side's label
 * @param node what is said of it
 * @param compiled whether this is of the graph as compiled for use; else of the one that keeps all values
 */
record Row(String side, NodeReport node, boolean compiled) {
    /** Failed ones first, then the largest share of the tolerance, then as they were. */
    static final Comparator<Row> WORST_FIRST = Comparator.comparing((Row row) -> !row.node.verdict().failed())
            .thenComparing((Row row) -> row.ratio(), Comparator.reverseOrder());

    /** All lines of a check: each node on each side, and of the graph as compiled for use what says more, by side in graph order. */
    static List<Row> of(CheckReport report) {
        return report.sides().stream().flatMap(side -> of(side).stream()).toList();
    }

    /** All lines of a side. */
    static List<Row> of(SideReport side) {
        List<Row> rows = new ArrayList<>();
        side.nodes().forEach(node -> rows.add(new Row(side.label(), node, false)));
        Set<Node> failed = side.nodes().stream().filter(n -> n.verdict().failed()).map(NodeReport::node).collect(Collectors.toSet());
        side.groups().stream().filter(g -> g.group().size() > 1 || g.verdict().failed() && !failed.contains(g.node()))
                .forEach(group -> rows.add(new Row(side.label(), group, true)));
        return rows;
    }

    /** The relative error as a share of the tolerance; infinite if nothing is allowed and something differs. */
    double ratio() {
        return ratio(node);
    }

    static double ratio(NodeReport node) {
        return node.relative() == 0 ? 0 : node.relative() / node.tolerance();
    }

    /** The node's name; of a group all of them, first to last. */
    String name() {
        String name = node.group().size() < 2 ? node.node().name()
                : node.group().stream().map(Node::name).collect(Collectors.joining(" + "));
        return compiled ? name + " (as compiled)" : name;
    }

    /** The op's name; of a group all of them. */
    String op() {
        return node.group().size() < 2 ? node.node().op().name()
                : node.group().stream().map(n -> n.op().name()).collect(Collectors.joining(" + "));
    }

    /** Shape of the first result, or nothing for a node without one. */
    String shape() {
        return shape(node.node());
    }

    static String shape(Node node) {
        return node.outputs().isEmpty() ? "" : node.output(0).shape().toString();
    }
}
