package dev.lamina.cpu.onednn;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Updates of variables, in place in the state. All variables of one update lie alike, as the filter of a convolution does, and the gradient
 * follows: no update reorders what the state holds.
 */
final class UpdateLowering {
    private final Assembly assembly;
    private final PlainLowering plain;

    UpdateLowering(Assembly assembly) {
        this.assembly = assembly;
        this.plain = new PlainLowering(assembly);
    }

    /** Gives the buffers of an optimizer, and averages of weights, the layout of the variable that they belong to. */
    void plan(Graph graph) {
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Update update) {
                List<Integer> updated = update.updated(node.inputs().size());
                Layout layout = updated.stream().map(i -> planned(node.input(i))).filter(l -> l != null).findFirst()
                        .orElse(update instanceof Update.Ema ? planned(node.input(1)) : null);
                if (layout != null) {
                    updated.stream().map(node::input).filter(v -> v.type().equals(layout.type()))
                            .forEach(v -> assembly.planState(((Source.Variable) v.node().op()).variableName(), layout));
                }
            }
        }
    }

    private Layout planned(Value value) {
        return switch (value.node().op()) {
            case Source.Variable variable -> assembly.plannedState(variable.variableName());
            case Update update -> planned(value.node().input(update.updated(value.node().inputs().size()).get(value.output())));
            default -> null;
        };
    }

    /** Adds the step of an update. */
    void lower(Update op, Node node) {
        rowMajor(node);
    }

    /** The update by the reference kernel, on row-major copies where the state holds another layout. */
    private void rowMajor(Node node) {
        Update op = (Update) node.op();
        List<Place> in = new ArrayList<>();
        node.inputs().forEach(value -> in.add(assembly.plain(value, "operand of " + node.name())));
        List<Integer> updated = op.updated(node.inputs().size());
        List<Place> out = updated.stream().map(in::get).toList();
        plain.reference(node, in, out);
        for (int i : updated) {
            Place home = assembly.statePlace((Source.Variable) node.input(i).node().op());
            if (home.buffer() != in.get(i).buffer()) {
                assembly.reorder(in.get(i), home, node.input(i).name(), "update by the reference kernel");
            }
        }
    }
}
