package dev.lamina.graph;

import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Leaves out nodes that change no bit: barriers to gradients, reshapes and transposes that cancel, moves of nothing, products with 1.
 *
 * <p>A node that copies a variable is no view of it: what reads the copy may run after the variable's update. So a copy of something that
 * lives in the state stays, where a view goes.
 */
final class Simplification implements Rewriter.Rule {
    private final Map<Source.Fill, Value> scalars = new HashMap<>();

    @Override
    public List<Value> results(Rewriter to, Node node, List<Value> operands) {
        return switch (node.op()) {
            case Shaping op -> shaping(op, to, node, operands);
            case Pointwise op -> pointwise(op, to, node, operands);
            case Source _, Convolution _, Pooling _, DtPool _, MatMul _, Normalization _, Softmax _, Loss _, Reduction _, Random _,
                Update _ ->
                to.copy(node, operands);
        };
    }

    private static List<Value> shaping(Shaping shaping, Rewriter to, Node node, List<Value> operands) {
        Value x = operands.getFirst();
        return switch (shaping) {
            case Shaping.StopGradient _ -> List.of(x);
            case Shaping.Reshape op -> reshape(op, to, node, x);
            case Shaping.Transpose op -> transpose(op, to, node, x);
            case Shaping.BroadcastTo op -> broadcast(op, to, node, x);
            case Shaping.Reverse op -> reverse(op, to, node, x);
            // A slice or border that keeps the extents takes everything and adds nothing.
            case Shaping.Slice _, Shaping.Pad _ -> x.shape().equals(node.output(0).shape()) ? instead(x, to, node, operands)
                    : to.copy(node, operands);
            case Shaping.Concat _ -> operands.size() == 1 ? instead(x, to, node, operands) : to.copy(node, operands);
            case Shaping.Gather _, Shaping.GatherGradient _ -> to.copy(node, operands);
        };
    }

    /** The value in place of a node that would copy it, unless it lives in the state. */
    private static List<Value> instead(Value same, Rewriter to, Node node, List<Value> operands) {
        return livesInState(same) ? to.copy(node, operands) : List.of(same);
    }

    /** What a node of several operands may read instead of a copy: what was copied, or the copy itself where that lives in the state. */
    private static Value behind(Value copy) {
        Value operand = copy.node().input(0);
        return livesInState(operand) ? copy : operand;
    }

    private static boolean livesInState(Value value) {
        Op root = value.root().node().op();
        return root instanceof Source.Variable || root instanceof Update;
    }

    private static List<Value> reshape(Shaping.Reshape op, Rewriter to, Node node, Value x) {
        Value base = x.node().op() instanceof Shaping.Reshape ? x.node().input(0) : x;
        if (base.shape().equals(op.shape())) {
            return List.of(base);
        }
        return base.node().op() instanceof Source.Fill fill ? to.replace(node, stretched(fill, op.shape()), List.of())
                : to.replace(node, op, List.of(base));
    }

    private static Source.Fill stretched(Source.Fill fill, Shape shape) {
        return new Source.Fill(fill.type().withShape(shape), fill.value());
    }

    private static List<Value> transpose(Shaping.Transpose op, Rewriter to, Node node, Value x) {
        Value base = x;
        List<Integer> order = op.order();
        if (x.node().op() instanceof Shaping.Transpose first) {
            base = x.node().input(0);
            order = order.stream().map(first.order()::get).toList();
        }
        if (order.equals(order.stream().sorted().toList())) {
            return instead(base, to, node, List.of(x));
        }
        return to.replace(node, new Shaping.Transpose(order), List.of(base));
    }

    private static List<Value> broadcast(Shaping.BroadcastTo op, Rewriter to, Node node, Value x) {
        if (x.node().op() instanceof Source.Fill fill) {
            return to.replace(node, stretched(fill, op.shape()), List.of());
        }
        if (x.shape().equals(op.shape())) {
            return instead(x, to, node, List.of(x));
        }
        return to.replace(node, op, List.of(x.node().op() instanceof Shaping.BroadcastTo ? x.node().input(0) : x));
    }

    private static List<Value> reverse(Shaping.Reverse op, Rewriter to, Node node, Value x) {
        boolean still = op.axes().stream().allMatch(axis -> x.shape().dim(axis) <= 1);
        if (still) {
            return instead(x, to, node, List.of(x));
        }
        return x.node().op().equals(op) ? instead(x.node().input(0), to, node, List.of(x)) : to.replace(node, op, List.of(x));
    }

    private List<Value> pointwise(Pointwise pointwise, Rewriter to, Node node, List<Value> operands) {
        return switch (pointwise) {
            case Pointwise.Cast op -> operands.getFirst().dtype() == op.dtype() ? instead(operands.getFirst(), to, node, operands)
                    : to.copy(node, operands);
            case Pointwise.Unary op -> op.function() == Pointwise.UnaryFunction.NEGATE && operands.getFirst().node().op().equals(op)
                    ? instead(operands.getFirst().node().input(0), to, node, operands) : to.copy(node, operands);
            case Pointwise.Binary op -> {
                List<Value> small = unstretched(to, node, operands);
                Optional<Value> same = unchanged(op.function(), node.output(0).shape(), small.get(0), small.get(1));
                yield same.isPresent() ? instead(same.get(), to, node, small) : to.copy(node, small);
            }
            case Pointwise.Compare _, Pointwise.Where _ -> to.copy(node, unstretched(to, node, operands));
            case Pointwise.LeakyRelu _, Pointwise.Elu _, Pointwise.Gelu _, Pointwise.Clip _, Pointwise.Binarize _,
                Pointwise.ReluGradient _ -> to.copy(node, operands);
        };
    }

    /** The operand that the function gives back as it is, signs of zeros included. */
    private static Optional<Value> unchanged(Pointwise.BinaryFunction function, Shape result, Value a, Value b) {
        boolean floating = a.dtype().isFloating();
        boolean left = false;
        boolean right = false;
        switch (function) {
            case MULTIPLY -> {
                left = holds(a, 1);
                right = holds(b, 1);
            }
            case DIVIDE -> right = holds(b, 1);
            case SUBTRACT -> right = holds(b, 0.0);
            // x + 0 makes 0 of -0; x + -0 is x.
            case ADD -> {
                left = holds(a, floating ? -0.0 : 0);
                right = holds(b, floating ? -0.0 : 0);
            }
            case POW, MAX, MIN, AND, OR, XOR -> { }
        }
        return right && a.shape().equals(result) ? Optional.of(a) : left && b.shape().equals(result) ? Optional.of(b) : Optional.empty();
    }

    /** Whether a value is filled with this number; 0 and -0 are two. */
    private static boolean holds(Value value, double number) {
        return value.node().op() instanceof Source.Fill fill && Double.compare(fill.type().dtype().round(fill.value()), number) == 0;
    }

    /** The operands before they were stretched, where the op itself stretches them to the same result; of fills their number. */
    private List<Value> unstretched(Rewriter to, Node node, List<Value> operands) {
        List<Value> small = new ArrayList<>(operands);
        for (int i = 0; i < small.size(); i++) {
            Value stretched = small.set(i, before(to, small.get(i)));
            if (!common(small).equals(node.output(0).shape())) {
                small.set(i, stretched);
            }
        }
        return small;
    }

    private Value before(Rewriter to, Value value) {
        return switch (value.node().op()) {
            case Shaping.BroadcastTo _ -> behind(value);
            case Source.Fill fill when value.shape().rank() > 0 -> scalars.computeIfAbsent(stretched(fill, Shape.scalar()),
                    scalar -> to.fresh(value.name() + "/").add(scalar));
            default -> value;
        };
    }

    private static Shape common(List<Value> operands) {
        return operands.stream().map(Value::shape).reduce(Shape.scalar(), Shape::broadcast);
    }
}
