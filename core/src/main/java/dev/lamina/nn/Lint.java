package dev.lamina.nn;

import dev.lamina.graph.Graph;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Random;
import dev.lamina.graph.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Warnings about networks that are legal but hardly meant. */
public final class Lint {
    private static final String COLLAPSE = ": two linear layers without activation between them equal one.";

    private Lint() { }

    /** Warnings about a layer; empty if there are none. */
    public static List<String> check(Layer layer) {
        return check("mlp", layer);
    }

    /** Warnings about a model, under its name. */
    public static List<String> check(Model model) {
        return check(model.name(), model.layer());
    }

    private static List<String> check(String name, Layer layer) {
        List<String> warnings = new ArrayList<>();
        boolean afterLinear = false;
        for (Layer part : flat(layer).toList()) {
            boolean linear = part instanceof LinearLayer;
            if (linear && afterLinear) {
                warnings.add(name + COLLAPSE);
            }
            afterLinear = linear || afterLinear && part instanceof SimpleLayer simple && simple.linear();
        }
        return warnings;
    }

    private static Stream<Layer> flat(Layer layer) {
        return switch (layer) {
            case Sequential sequential -> sequential.layers().stream().flatMap(Lint::flat);
            case ScopedLayer scoped -> flat(scoped.layer());
            default -> Stream.of(layer);
        };
    }

    /** Warnings about a graph; empty if there are none. */
    public static List<String> check(Graph graph) {
        List<String> warnings = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (isLinear(node)) {
                Node before = node.input(0).node();
                while (before.op().isView() || before.op() instanceof Random.Dropout) {
                    before = before.input(0).node();
                }
                if (isLinear(before)) {
                    warnings.add("mlp" + COLLAPSE);
                }
            }
        }
        return warnings;
    }

    private static boolean isLinear(Node node) {
        return node.op() instanceof MatMul(boolean transposeA, boolean transposeB) && !transposeA && transposeB
                && node.input(1).root().node().op() instanceof Source.Variable
                && !(node.input(0).root().node().op() instanceof Source.Variable);
    }
}
