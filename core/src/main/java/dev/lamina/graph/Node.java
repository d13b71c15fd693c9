package dev.lamina.graph;

import java.util.List;
import java.util.stream.IntStream;

/** One application of an op to values. Nodes are compared by identity. Immutable and thread-safe. */
public final class Node {
    private final GraphBuilder graph;
    private final int id;
    private final String name;
    private final Op op;
    private final List<Value> inputs;
    private final List<Value> outputs;

    Node(GraphBuilder graph, int id, String name, Op op, List<Value> inputs, List<TensorType> types) {
        this.graph = graph;
        this.id = id;
        this.name = name;
        this.op = op;
        this.inputs = List.copyOf(inputs);
        this.outputs = IntStream.range(0, types.size()).mapToObj(i -> new Value(this, i, types.get(i))).toList();
    }

    GraphBuilder graph() {
        return graph;
    }

    /** Number in order of creation, unique within the builder. */
    public int id() {
        return id;
    }

    /** Unique name within the graph. */
    public String name() {
        return name;
    }

    /** The op with its attributes. */
    public Op op() {
        return op;
    }

    /** Operands in the order the op documents. */
    public List<Value> inputs() {
        return inputs;
    }

    /** Results in the order the op documents. */
    public List<Value> outputs() {
        return outputs;
    }

    /** The i-th operand. */
    public Value input(int i) {
        return inputs.get(i);
    }

    /** The i-th result. */
    public Value output(int i) {
        return outputs.get(i);
    }

    /** Types of the operands. */
    public List<TensorType> inputTypes() {
        return inputs.stream().map(Value::type).toList();
    }

    /** Types of the results. */
    public List<TensorType> outputTypes() {
        return outputs.stream().map(Value::type).toList();
    }

    /** Multiply-accumulates of one execution, 0 for ops that are not matrix products. */
    public long macs() {
        return op.macs(inputTypes(), outputTypes());
    }

    /** Floating-point operations of one execution, a multiply-accumulate counting 2. */
    public long flops() {
        return op.flops(inputTypes(), outputTypes());
    }

    @Override
    public String toString() {
        return op.name() + " \"" + name + "\"";
    }
}
