package dev.lamina.graph;

import java.util.Set;

/** What an op's gradient rule may look at: the node, the gradients that arrived at its outputs, and which inputs want one. */
public final class Backward {
    private final Node node;
    private final Value[] arrived;
    private final Set<Value> wanted;

    Backward(Node node, Value[] arrived, Set<Value> wanted) {
        this.node = node;
        this.arrived = arrived;
        this.wanted = wanted;
    }

    /** The node being differentiated. */
    public Node node() {
        return node;
    }

    /** Its i-th operand. */
    public Value input(int i) {
        return node.input(i);
    }

    /** Its i-th result. */
    public Value output(int i) {
        return node.output(i);
    }

    /** The gradient that arrived at output 0. */
    public Value grad() {
        return grad(0);
    }

    /** The gradient that arrived at an output, zeros if nothing depends on it. */
    public Value grad(int output) {
        return arrived[output] != null ? arrived[output] : Source.zerosLike(node.output(output));
    }

    /** True if the loss depends on this output. */
    public boolean hasGrad(int output) {
        return arrived[output] != null;
    }

    /** True if somebody asked for the gradient of this operand or of something before it. */
    public boolean wants(int input) {
        return input < node.inputs().size() && wanted.contains(node.input(input));
    }

    /** The rule's answer: as many values as the node has operands. */
    public Value[] none() {
        return new Value[node.inputs().size()];
    }
}
