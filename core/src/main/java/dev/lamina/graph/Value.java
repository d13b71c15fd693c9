package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;

/** One output of a node. Values are compared by identity. Immutable and thread-safe. */
public final class Value {
    private final Node node;
    private final int output;
    private final TensorType type;

    Value(Node node, int output, TensorType type) {
        this.node = node;
        this.output = output;
        this.type = type;
    }

    /** The node that produces this value. */
    public Node node() {
        return node;
    }

    /** Which output of its node this is, from 0. */
    public int output() {
        return output;
    }

    /** Element type and shape. */
    public TensorType type() {
        return type;
    }

    /** Element type. */
    public DType dtype() {
        return type.dtype();
    }

    /** Shape. */
    public Shape shape() {
        return type.shape();
    }

    /** The builder whose graph this value belongs to. */
    public GraphBuilder graph() {
        return node.graph();
    }

    /** The value whose elements this one shows: itself unless it is a view of another ({@link Op#isView}). */
    public Value root() {
        Value root = this;
        while (root.node.op().isView()) {
            root = root.node.input(0);
        }
        return root;
    }

    /** The node's name, followed by {@code :k} for outputs after the first. */
    public String name() {
        return output == 0 ? node.name() : node.name() + ":" + output;
    }

    /** {@code this + other} with broadcasting. */
    public Value plus(Value other) {
        return Pointwise.add(this, other);
    }

    /** {@code this + c}. */
    public Value plus(double c) {
        return Pointwise.add(this, Source.scalarLike(this, c));
    }

    /** {@code this - other} with broadcasting. */
    public Value minus(Value other) {
        return Pointwise.subtract(this, other);
    }

    /** {@code this * other} with broadcasting. */
    public Value times(Value other) {
        return Pointwise.multiply(this, other);
    }

    /** {@code this * c}. */
    public Value times(double c) {
        return Pointwise.multiply(this, Source.scalarLike(this, c));
    }

    /** {@code this / other} with broadcasting. */
    public Value dividedBy(Value other) {
        return Pointwise.divide(this, other);
    }

    @Override
    public String toString() {
        return name() + ": " + type;
    }
}
