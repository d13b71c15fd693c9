package dev.lamina.graph;

import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** Collects the rows of a {@link Summary}. */
final class SummaryRows {
    static final String NO_GRADIENT = "receives no gradient";

    private final List<Node> forward;
    /** Values that depend on an input. */
    private final Set<Value> data = new HashSet<>();
    private final Set<Value> reached = new HashSet<>();
    private final Map<Value, Integer> readers = new HashMap<>();
    private final Map<Value, String> counted = new HashMap<>();
    private final SummaryFields fields = new SummaryFields(SummaryFields.HEIGHT);
    private final List<Value> inputs;

    SummaryRows(List<Value> outputs) {
        forward = forward(outputs);
        inputs = forward.stream().filter(n -> n.op() instanceof Source.Input).map(n -> n.output(0)).toList();
        boolean hasInputs = !inputs.isEmpty();
        for (Node node : forward) {
            boolean depends = node.op() instanceof Source.Input || node.inputs().stream().anyMatch(data::contains)
                    || !hasInputs && !(node.op() instanceof Source);
            if (depends) {
                data.addAll(node.outputs());
            }
            node.inputs().forEach(v -> readers.merge(v, 1, Integer::sum));
        }
        outputs.stream().filter(v -> v.dtype().isFloating()).forEach(reached::add);
        for (Node node : forward.reversed()) {
            if (node.outputs().stream().anyMatch(reached::contains) && node.op().whyNoGradient().isEmpty()) {
                node.inputs().stream().filter(v -> v.dtype().isFloating()).forEach(reached::add);
            }
        }
    }

    /** Ancestors of the outputs in order of creation, without updates, gradients and what depends on those. */
    private static List<Node> forward(List<Value> outputs) {
        Set<Node> ancestors = new HashSet<>();
        List<Node> open = new ArrayList<>(outputs.stream().map(Value::node).toList());
        while (!open.isEmpty()) {
            Node node = open.removeLast();
            if (ancestors.add(node)) {
                node.inputs().forEach(v -> open.add(v.node()));
            }
        }
        Set<Node> backward = new HashSet<>();
        List<Node> forward = new ArrayList<>();
        for (Node node : ancestors.stream().sorted(Comparator.comparingInt(Node::id)).toList()) {
            if (node.op() instanceof Update || node.name().startsWith("grad/")
                    || node.inputs().stream().anyMatch(v -> backward.contains(v.node()))) {
                backward.add(node);
            } else {
                forward.add(node);
            }
        }
        return forward;
    }

    Summary summary() {
        List<Summary.Row> rows = new ArrayList<>();
        for (Node node : forward) {
            fields.add(node);
            if (!(node.op() instanceof Source) && data.contains(node.output(0))) {
                rows.add(row(node));
            }
        }
        long batch = inputs.isEmpty() || inputs.getFirst().shape().rank() == 0 ? 1 : inputs.getFirst().shape().dim(0);
        long inputBytes = exactly(() -> inputs.stream().mapToLong(v -> v.type().bytes()).reduce(0, Math::addExact));
        return new Summary(rows, batch, inputBytes);
    }

    private Summary.Row row(Node node) {
        List<String> marks = new ArrayList<>();
        long[] sums = new long[4];
        Optional<TensorType> largest = Optional.empty();
        boolean blocked = false;
        for (Value variable : variables(node)) {
            boolean trainable = ((Source.Variable) variable.node().op()).trainable();
            blocked |= trainable && !reached.contains(variable);
            if (largest.isEmpty() || variable.type().elements() > largest.get().elements()) {
                largest = Optional.of(variable.type());
            }
            String owner = counted.putIfAbsent(variable, node.name());
            if (owner != null) {
                marks.add("shares " + variable.name() + " with " + owner);
                continue;
            }
            long elements = variable.type().elements();
            long bytes = variable.type().bytes();
            exactly(() -> sums[trainable ? 0 : 1] = Math.addExact(sums[trainable ? 0 : 1], elements));
            exactly(() -> sums[2] = Math.addExact(sums[2], bytes));
            exactly(() -> sums[3] = Math.addExact(sums[3], trainable ? bytes : 0));
        }
        marks.addAll(marks(node));
        if (blocked) {
            marks.add(NO_GRADIENT);
        }
        return new Summary.Row(node.name(), name(node), node.output(0).type(), sums[0], sums[1], sums[2], sums[3], largest,
                activationBytes(node), exactly(node::macs), exactly(node::flops), fields.of(node.output(0)), List.copyOf(marks));
    }

    /** Floating variables that a node reads, directly or through nodes that depend on no input. */
    private Set<Value> variables(Node node) {
        Set<Value> variables = new LinkedHashSet<>();
        List<Value> open = new ArrayList<>(node.inputs().reversed());
        while (!open.isEmpty()) {
            Value value = open.removeLast();
            if (data.contains(value)) {
                continue;
            }
            if (value.node().op() instanceof Source.Variable && value.dtype().isFloating()) {
                variables.add(value);
            }
            open.addAll(value.node().inputs().reversed());
        }
        return variables;
    }

    private static String name(Node node) {
        boolean linear = node.op() instanceof MatMul(boolean transposeA, boolean transposeB) && !transposeA && transposeB
                && node.input(1).root().node().op() instanceof Source.Variable;
        boolean flatten = node.op() instanceof Shaping.Reshape && node.output(0).shape().rank() == 2 && node.input(0).shape().rank() > 2
                && node.input(0).shape().dim(0) == node.output(0).shape().dim(0);
        return linear ? "linear" : flatten ? "flatten" : node.op().name();
    }

    /** Functions whose gradient needs their result at most may overwrite an operand that nobody else reads. */
    private long activationBytes(Node node) {
        boolean overwrites = switch (node.op()) {
            case Pointwise.Unary(var function) -> switch (function) {
                case RELU, SIGMOID, TANH -> true;
                default -> false;
            };
            case Random.Dropout _ -> true;
            default -> false;
        };
        Value operand = node.inputs().isEmpty() ? null : node.input(0);
        if (node.op().isView() || overwrites && data.contains(operand) && readers.get(operand) == 1
                && !(operand.root().node().op() instanceof Source)) {
            return 0;
        }
        return exactly(() -> node.outputs().stream().mapToLong(v -> v.type().bytes()).reduce(0, Math::addExact));
    }

    private List<String> marks(Node node) {
        List<String> marks = new ArrayList<>();
        Optional<Window> window = SummaryFields.window(node.op());
        if (window.isPresent()) {
            long rows = window.get().h().dropped(node.input(0).shape().dim(2));
            long columns = window.get().w().dropped(node.input(0).shape().dim(3));
            if (rows > 0 || columns > 0) {
                marks.add("window drops a border (" + rows + " rows, " + columns + " columns)");
            }
        }
        Optional<Value> image = inputs.stream().filter(v -> v.shape().rank() >= 2).findFirst();
        if (image.isPresent() && node.output(0).dtype() != DType.BOOL && node.output(0).type().elements() > image.get().type().elements()
                && !node.op().isView()) {
            marks.add("output larger than the network input");
        }
        if (node.op() instanceof Pointwise.Binarize(Pointwise.StepGradient gradient)) {
            marks.add(gradient == Pointwise.StepGradient.BLOCK ? "blocks gradients (true derivative: 0)"
                    : "straight-through gradient, a heuristic: the true derivative is 0, nothing below would learn");
        }
        return marks;
    }

    /** A count, or an error that says that it is too large. */
    static long exactly(LongSupplier count) {
        try {
            return count.getAsLong();
        } catch (ArithmeticException e) {
            throw new GraphException("summary: a count exceeds 2^63 - 1 (" + e.getMessage() + ").");
        }
    }
}
