package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;

/** The operands' types as a shape rule sees them, with the checks that rules share. Every failure names op and node. */
public final class OpInputs {
    private final String op;
    private final String node;
    private final List<TensorType> types;

    OpInputs(String op, String node, List<TensorType> types) {
        this.op = op;
        this.node = node;
        this.types = types;
    }

    /** Number of operands. */
    public int count() {
        return types.size();
    }

    /** Type of the i-th operand. */
    public TensorType type(int i) {
        return types.get(i);
    }

    /** Shape of the i-th operand. */
    public Shape shape(int i) {
        return types.get(i).shape();
    }

    /** Element type of the i-th operand. */
    public DType dtype(int i) {
        return types.get(i).dtype();
    }

    /** The same op and node with other operand types, for rules that use another op's. */
    OpInputs withTypes(List<TensorType> others) {
        return new OpInputs(op, node, others);
    }

    /** The error {@code op "node": message}. */
    public GraphException error(String message) {
        return new GraphException(op + " \"" + node + "\": " + message);
    }

    /** Fails unless the condition holds. */
    public void require(boolean holds, String format, Object... args) {
        if (!holds) {
            throw error(args.length == 0 ? format : format.formatted(args));
        }
    }

    /** Fails unless the operand count lies in the range. */
    public void count(int least, int most) {
        require(types.size() >= least && types.size() <= most, "takes %s operands, got %d.",
                least == most ? least : least + " to " + most, types.size());
    }

    /** Fails unless the i-th operand has this rank; {@code axes} describes it, e.g. {@code [N, C, H, W]}. */
    public void rank(int i, String argument, int rank, String axes) {
        Shape shape = shape(i);
        if (shape.rank() != rank) {
            String hint = rank == 4 && shape.rank() == 3 ? " Add a batch dimension." : "";
            throw error("%s has rank %d %s, needs rank %d %s.%s".formatted(argument, shape.rank(), shape, rank, axes, hint));
        }
    }

    /** Fails unless the i-th operand has exactly this shape. */
    public void shape(int i, String argument, Shape needed, String why) {
        require(shape(i).equals(needed), "%s has shape %s, needs %s (%s).", argument, shape(i), needed, why);
    }

    /** Fails unless the i-th operand is of floating type. */
    public void floating(int i, String argument) {
        require(dtype(i).isFloating(), "%s is %s, needs a floating-point type. Cast it first.", argument, dtype(i));
    }

    /** Fails unless the i-th operand is int32 or int64. */
    public void index(int i, String argument) {
        require(dtype(i) == DType.INT32 || dtype(i) == DType.INT64, "%s is %s, needs int32 or int64. Cast it first.", argument, dtype(i));
    }

    /** Fails unless both operands have one element type. */
    public void sameDType(int i, String first, int j, String second) {
        require(dtype(i) == dtype(j), "%s is %s, %s is %s; both need one type. Cast one of them.", first, dtype(i), second, dtype(j));
    }

    /** Fails unless operands i and j have one shape and type. */
    public void sameType(int i, String first, int j, String second) {
        sameDType(i, first, j, second);
        require(shape(i).equals(shape(j)), "%s has shape %s, %s has %s; both need one shape.", first, shape(i), second, shape(j));
    }

    /** The axis as a non-negative number. */
    public int axis(int i, int axis) {
        int rank = shape(i).rank();
        require(axis >= -rank && axis < rank, "axis %d is out of range for input %s of rank %d.", axis, shape(i), rank);
        return axis < 0 ? axis + rank : axis;
    }
}
