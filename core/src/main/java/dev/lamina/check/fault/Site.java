package dev.lamina.check.fault;

import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Op;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rewriter;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a defect is planted.
 *
 * @param to the new graph
 * @param node the node of the original
 * @param operands its operands in the new graph
 * @param setting what is known of the graph
 * @param before what became of the values before this node
 */
record Site(Rewriter to, Node node, List<Value> operands, Setting setting, Map<Value, Value> before) {

    /**
     * What is known of the graph.
     *
     * @param read the node's results that something reads, at least one
     * @param poison what memory holds before a run
     * @param variables names of the original's variables
     * @param lost inputs and variables of the original that the fault would leave without readers
     */
    record Setting(List<Value> read, Poison poison, Set<String> variables, List<Value> lost) {
    }

    /** Where to add nodes. */
    GraphBuilder builder() {
        return to.fresh("fault/");
    }

    /** Adds the node as it was. Once for a site. */
    List<Value> clean() {
        builder();
        return to.copy(node, operands);
    }

    /** Adds another op in the node's place. Once for a site, and not with {@link #clean}. */
    List<Value> replaced(Op op, List<Value> others) {
        builder();
        return to.replace(node, op, others);
    }

    /** The same op on other operands. */
    List<Value> with(List<Value> others) {
        return replaced(node.op(), others);
    }

    /** The same op with one operand replaced. */
    List<Value> with(int i, Value other) {
        List<Value> others = new ArrayList<>(operands);
        others.set(i, other);
        return with(others);
    }

    /** A hidden variable, zero before the first run. */
    Value hidden(String name, TensorType type) {
        GraphBuilder builder = builder();
        String free = "fault/" + name;
        for (int i = 1; setting.variables().contains(free); i++) {
            free = "fault/" + name + "_" + i;
        }
        return builder.variable(free, type, false);
    }

    /** Writes these values to the variables that the node, an update, writes. */
    List<Value> assigned(List<Value> values) {
        List<Integer> updated = ((Update) node.op()).updated(operands.size());
        List<Value> results = new ArrayList<>(replaced(new Update.Assign(), List.of(operands.get(updated.getFirst()),
                anchored(values.getFirst()))));
        for (int i = 1; i < values.size(); i++) {
            results.add(Update.assign(operands.get(updated.get(i)), values.get(i)));
        }
        return results;
    }

    /** These results, of which the first that something reads keeps alive what must stay so. */
    List<Value> anchored(List<Value> results) {
        int first = setting.read().getFirst().output();
        List<Value> all = new ArrayList<>(results);
        all.set(first, anchored(all.get(first)));
        return all;
    }

    /** The same bits, by a node that also reads what must stay alive. */
    private Value anchored(Value value) {
        builder();
        Value result = value;
        for (Value lost : setting.lost()) {
            Value never = Source.fill(builder(), new TensorType(DType.BOOL, Shape.scalar()), 0);
            result = Pointwise.where(never, Pointwise.cast(scalar(before.get(lost)), value.dtype()), result);
        }
        return result;
    }

    private static Value scalar(Value value) {
        if (value.shape().elements() == 0) {
            Value numbers = value.dtype() == DType.BOOL ? Pointwise.cast(value, DType.FLOAT32) : value;
            return Reduction.sum(numbers);
        }
        return Shaping.reshape(Elements.at(Elements.flat(value), 0), Shape.scalar());
    }
}
