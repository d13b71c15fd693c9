package dev.lamina.samples.check;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A layered drawing of a graph after Sugiyama, Tagawa and Toda (1981), in two halves: the forward pass runs down on the left, gradients and
 * updates run up on the right, at the height of what they are the gradients of.
 *
 * <p>Ranks are longest paths in the partial order "an operand lies above its reader; a gradient lies below the gradients made of it, and
 * not above the forward values that it reads"; forward nodes are then moved as far down as their readers allow, next to their gradients.
 * Within a rank nodes lie at the means of their neighbours, in that order. Inputs are drawn; variables and constants are not.
 */
final class GraphLayout {
    private static final int SWEEPS = 8;

    private final Map<Node, Integer> ranks = new LinkedHashMap<>();
    private final Map<Node, Double> columns = new HashMap<>();
    private final Map<Node, List<Node>> operands = new HashMap<>();
    private final Map<Node, List<Node>> readers = new HashMap<>();
    private final Set<Node> gradients = new HashSet<>();

    /** Lays a graph out. */
    GraphLayout(Graph graph) {
        List<Node> drawn = graph.nodes().stream().filter(GraphLayout::drawn).toList();
        drawn.forEach(node -> readers.put(node, new ArrayList<>()));
        for (Node node : drawn) {
            List<Node> from = node.inputs().stream().map(Value::node).filter(GraphLayout::drawn).distinct().toList();
            operands.put(node, from);
            from.forEach(operand -> readers.get(operand).add(node));
            if (node.name().startsWith("grad/") || from.stream().anyMatch(gradients::contains)) {
                gradients.add(node);
            }
        }
        rank(drawn);
        place(false, 0);
        double left = drawn.stream().filter(n -> !gradients.contains(n)).mapToDouble(columns::get).max().orElse(-1);
        place(true, left + 1.6);
    }

    private static boolean drawn(Node node) {
        return !(node.op() instanceof Source) || node.op() instanceof Source.Input;
    }

    private void rank(List<Node> drawn) {
        List<Node> forward = drawn.stream().filter(n -> !gradients.contains(n)).toList();
        List<Node> backward = drawn.stream().filter(gradients::contains).toList();
        for (Node node : forward) {
            ranks.put(node, operands.get(node).stream().mapToInt(n -> ranks.get(n) + 1).max().orElse(0));
        }
        for (Node node : backward.reversed()) {
            int besideForward = operands.get(node).stream().filter(n -> !gradients.contains(n)).mapToInt(ranks::get).max().orElse(0);
            int belowReaders = readers.get(node).stream().mapToInt(n -> ranks.get(n) + 1).max().orElse(0);
            ranks.put(node, Math.max(besideForward, belowReaders));
        }
        for (Node node : forward.reversed()) {
            readers.get(node).stream().mapToInt(n -> gradients.contains(n) ? ranks.get(n) : ranks.get(n) - 1).min()
                    .ifPresent(rank -> ranks.put(node, rank));
        }
        lower(backward);
    }

    /** Updates, and what only they read, would lie at the very top: they go one rank above what they read. */
    private void lower(List<Node> backward) {
        Set<Node> loose = new HashSet<>();
        for (Node node : backward.reversed()) {
            if (loose.containsAll(readers.get(node)) && gradients.containsAll(operands.get(node))) {
                loose.add(node);
            }
        }
        for (Node node : backward) {
            if (loose.contains(node)) {
                operands.get(node).stream().mapToInt(n -> ranks.get(n) - 1).min().ifPresent(rank -> ranks.put(node, rank));
            }
        }
    }

    private void place(boolean gradientHalf, double start) {
        TreeMap<Integer, List<Node>> rows = new TreeMap<>();
        ranks.forEach((node, rank) -> {
            if (gradients.contains(node) == gradientHalf) {
                rows.computeIfAbsent(rank, _ -> new ArrayList<>()).add(node);
            }
        });
        rows.values().forEach(row -> {
            for (int i = 0; i < row.size(); i++) {
                columns.put(row.get(i), i - (row.size() - 1) / 2.0);
            }
        });
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (List<Node> row : sweep % 2 == 0 ? rows.values() : rows.descendingMap().values()) {
                settle(row, gradientHalf);
            }
        }
        double least = rows.values().stream().flatMap(List::stream).mapToDouble(columns::get).min().orElse(0);
        rows.values().stream().flatMap(List::stream).forEach(node -> columns.merge(node, start - least, Double::sum));
    }

    /** Puts the nodes of a row at the means of their neighbours, one column apart at least. */
    private void settle(List<Node> row, boolean gradientHalf) {
        Map<Node, Double> wanted = new HashMap<>();
        row.forEach(node -> wanted.put(node, mean(node, gradientHalf)));
        row.sort(Comparator.comparingDouble(wanted::get));
        double shift = 0;
        double next = Double.NEGATIVE_INFINITY;
        for (Node node : row) {
            double column = Math.max(wanted.get(node), next);
            columns.put(node, column);
            shift += (wanted.get(node) - column) / row.size();
            next = column + 1;
        }
        double moved = shift;
        row.forEach(node -> columns.merge(node, moved, Double::sum));
    }

    private double mean(Node node, boolean gradientHalf) {
        double sum = 0;
        int count = 0;
        for (List<Node> neighbours : List.of(operands.get(node), readers.get(node))) {
            for (Node neighbour : neighbours) {
                if (gradients.contains(neighbour) == gradientHalf) {
                    sum += columns.get(neighbour);
                    count++;
                }
            }
        }
        return count == 0 ? columns.get(node) : sum / count;
    }

    /** Drawn nodes in the graph's order of halves: forward, then gradients. */
    Set<Node> nodes() {
        return ranks.keySet();
    }

    /** Drawn operands of a node. */
    List<Node> operands(Node node) {
        return operands.get(node);
    }

    /** Whether a node belongs to the right half. */
    boolean isGradient(Node node) {
        return gradients.contains(node);
    }

    /** Row from the top, in no case less than {@link #top}. */
    int rank(Node node) {
        return ranks.get(node);
    }

    /** Least rank of all; 0 if there are no nodes. */
    int top() {
        return ranks.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    }

    /** Greatest rank of all. */
    int bottom() {
        return ranks.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /** Column from the left, at least 0, not whole; two nodes of one rank are at least one apart. */
    double column(Node node) {
        return columns.get(node);
    }
}
