package dev.lamina.check.fault;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Loss;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Op;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Two results of one type change places, or else two operands, or else a gradient gives way to another of its type from before it in the
 * graph.
 *
 * @param graph where to look for other gradients; null for nowhere
 */
record SwappedDefect(Graph graph) implements Defect {
    private record Pair(int first, int second) {
    }

    @Override
    public String needs() {
        return "two different operands or results of one type that do not commute, or for a gradient another one of its type before it";
    }

    @Override
    public boolean fits(Node node, List<Value> read) {
        return !read.isEmpty() && read.stream().anyMatch(value -> value.shape().elements() > 0)
                && (results(node, read).isPresent() || operands(node, read).isPresent() || other(node, read).isPresent());
    }

    @Override
    public List<Value> plant(Site site) {
        Node node = site.node();
        List<Value> read = site.setting().read();
        Optional<Pair> results = results(node, read);
        if (results.isPresent()) {
            return swapped(site.clean(), results.get());
        }
        Optional<Pair> operands = operands(node, read);
        if (operands.isPresent() && node.op() instanceof Update.Adam) {
            return swapped(site.with(swapped(site.operands(), operands.get())), new Pair(1, 2));
        }
        return operands.isPresent() ? site.with(swapped(site.operands(), operands.get()))
                : List.of(site.before().get(other(node, read).orElseThrow()));
    }

    private static List<Value> swapped(List<Value> values, Pair pair) {
        List<Value> swapped = new ArrayList<>(values);
        Collections.swap(swapped, pair.first, pair.second);
        return swapped;
    }

    private static boolean isGradient(Op op) {
        return switch (op) {
            case Convolution.Conv2dDataGradient _, Convolution.Conv2dFilterGradient _, Pooling.MaxPoolGradient _,
                Pooling.AvgPoolGradient _, Pooling.AdaptiveAvgPoolGradient _, Normalization.BatchNormGradient _,
                Normalization.LrnGradient _, Loss.CrossEntropyGradient _, Pointwise.ReluGradient _, Shaping.GatherGradient _ -> true;
            default -> false;
        };
    }

    private static Optional<Pair> results(Node node, List<Value> read) {
        List<Value> all = node.outputs();
        return node.op() instanceof Update ? Optional.empty()
                : pair(all).filter(pair -> read.contains(all.get(pair.first)) || read.contains(all.get(pair.second)));
    }

    private static Optional<Pair> operands(Node node, List<Value> read) {
        boolean useless = switch (node.op()) {
            case Pointwise.Binary op -> switch (op.function()) {
                case ADD, MULTIPLY, MAX, MIN, AND, OR, XOR -> true;
                case SUBTRACT, DIVIDE, POW -> false;
            };
            case Pointwise.Compare op -> switch (op.comparison()) {
                case EQUAL, NOT_EQUAL -> true;
                case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> false;
            };
            // Only the result is scaled and shifted, the statistics are not.
            case Normalization.BatchNormTraining _ -> !read.contains(node.output(0));
            // The operands after the first must stay variables.
            case Update.Adam _ -> node.input(3) == node.input(4);
            case Update _ -> true;
            default -> false;
        };
        return useless ? Optional.empty() : node.op() instanceof Update.Adam ? Optional.of(new Pair(3, 4)) : pair(node.inputs());
    }

    private static Optional<Pair> pair(List<Value> values) {
        for (int i = 0; i < values.size(); i++) {
            for (int j = i + 1; j < values.size(); j++) {
                if (values.get(i) != values.get(j) && values.get(i).type().equals(values.get(j).type())) {
                    return Optional.of(new Pair(i, j));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Value> other(Node node, List<Value> read) {
        if (graph == null || !isGradient(node.op()) || node.outputs().size() > 1) {
            return Optional.empty();
        }
        return graph.nodes().subList(0, graph.nodes().indexOf(node)).reversed().stream()
                .filter(n -> isGradient(n.op()) && n.op().getClass() == node.op().getClass())
                .map(n -> n.output(0)).filter(value -> value.type().equals(read.getFirst().type())).findFirst();
    }
}
