package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.MoveKernels;
import dev.lamina.cpu.vector.Pointer;
import dev.lamina.cpu.vector.UpdateKernels;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
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
        TensorType type = node.output(0).type();
        boolean vector = Precision.isFloat32(type) && type.elements() > 0 && op.updated(node.inputs().size()).stream()
                .allMatch(i -> home(node.input(i)).layout().sameMemory(home(node.input(0)).layout()))
                && (op instanceof Update.Assign || op instanceof Update.Ema || Precision.isFloat32(node.input(2).type()));
        boolean copy = op instanceof Update.Assign && home(node.input(0)).isPlain();
        if (vector) {
            byVector(op, node);
        } else if (copy) {
            assign(node);
        } else {
            plain(node);
        }
    }

    private Place home(Value variable) {
        return assembly.statePlace((Source.Variable) variable.node().op());
    }

    /** The operands that are as large as the variable lie as it does; the others are scalars. */
    private void byVector(Update op, Node node) {
        Layout layout = home(node.input(0)).layout();
        List<Integer> updated = op.updated(node.inputs().size());
        List<Place> operands = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            Value value = node.input(i);
            operands.add(updated.contains(i) ? home(value) : value.type().equals(node.input(0).type())
                    ? assembly.in(value, layout, "update of " + node.input(0).name())
                    : assembly.plain(value, "update of " + node.input(0).name()));
        }
        Pointer[] pointers = operands.stream().map(Place::pointer).toArray(Pointer[]::new);
        assembly.add(List.of(node.name()), "vector " + op.name(),
                UpdateKernels.one(assembly.team(), op, layout.bytes() / Float.BYTES, pointers),
                operands.stream().map(Place::buffer).toList());
    }

    /** A variable of any type takes a value as it is. */
    private void assign(Node node) {
        Place from = assembly.plain(node.input(1), "update of " + node.input(0).name());
        Place to = home(node.input(0));
        assembly.add(List.of(node.name()), "copy",
                MoveKernels.copy(assembly.team(), 1, to.layout().bytes(), from.pointer(), to.pointer()),
                List.of(from.buffer(), to.buffer()));
    }

    /** Adds the steps of an update by the reference kernel, on row-major copies where the state holds another layout. */
    void plain(Node node) {
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
