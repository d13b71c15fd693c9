package dev.lamina.check;

import dev.lamina.graph.Node;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a check found, in plain sentences that name side, node, op, position, expected and actual value and tolerance. */
public final class Explanation {
    private Explanation() { }

    /** What is wrong with the node that failed first on a side. */
    public static String of(SideReport side, NodeReport node) {
        return side.label() + ": " + subject(node) + " is the first that fails" + (side.nodes().contains(node) ? ": "
                : ", as compiled for use: ") + of(node);
    }

    private static String subject(NodeReport node) {
        List<Node> others = node.group().stream().filter(n -> n != node.node()).toList();
        return node.node() + (others.isEmpty() ? ""
                : others.stream().map(Node::toString).collect(Collectors.joining(", ", " (fused with ", ")")));
    }

    /** What is wrong with a node that failed, or why it was not judged. */
    public static String of(NodeReport node) {
        String note = node.note().isEmpty() ? "" : " (" + node.note() + ")";
        return switch (node.verdict()) {
            case AGREES -> "it agrees" + note + ".";
            case NOT_JUDGED -> "it was not judged" + note + ".";
            case DIVERGES -> at(node) + "; relative error " + Figures.error(node.relative()) + ", tolerance "
                    + Figures.error(node.tolerance()) + note + ".";
            case NOT_FINITE -> at(node) + (node.nonFiniteOrigin() ? "; all its operands are finite, so it begins here" : "") + note + ".";
            case UNWRITTEN -> node.unwritten() + (node.unwritten() == 1 ? " element was" : " elements were") + " not written" + note + ".";
            case VARIES -> "two runs with equal operands gave different bits"
                    + node.worst().map(e -> ", first at " + Figures.position(e)).orElse("") + note + ".";
        };
    }

    private static String at(NodeReport node) {
        return node.worst().map(e -> "element " + Figures.position(e) + " is " + Figures.element(e.actual()) + ", expected "
                + Figures.element(e.expected()) + " of the same operands").orElse("it is off by " + Figures.error(node.absolute()));
    }

    /** How far a side ran apart. */
    public static String of(DriftReport.Row row) {
        return String.format(Locale.ROOT, "after step %d variable \"%s\" of %s is apart by %s of the way it went, allowed is %s",
                row.step() + 1, row.variable(), row.side(), Figures.error(row.apart()), Figures.error(row.allowed()));
    }
}
