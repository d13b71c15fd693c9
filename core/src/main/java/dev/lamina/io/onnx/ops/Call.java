package dev.lamina.io.onnx.ops;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * One node of an ONNX graph with what its inputs stand for. Not thread-safe.
 *
 * @param node the node
 * @param version of the operator set that the node's operator belongs to
 * @param operands an entry an input; null for one that is left out
 * @param scope what it is converted in
 */
record Call(OnnxNode node, long version, List<Operand> operands, Scope scope) {

    /**
     * What all calls of an import share.
     *
     * @param graph the graph that is added to
     * @param weights how initializers enter it
     * @param training whether dropout drops and batch normalisation uses the batch
     * @param declaredBatch the fixed extent of the first axis of the model's input
     * @param batch what is given instead of it
     */
    record Scope(GraphBuilder graph, Weights weights, boolean training, long declaredBatch, long batch) {
    }

    /** The operator's name. */
    String type() {
        return node.type();
    }

    /** The graph that is added to. */
    GraphBuilder graph() {
        return scope.graph();
    }

    // --- inputs -------------------------------------------------------------------------------------------------------------------------

    /** Inputs, those at the end that are left out not counted. */
    int inputs() {
        return operands.size();
    }

    /** Whether the i-th input is given. */
    boolean has(int i) {
        return i < operands.size() && operands.get(i) != null;
    }

    /** The i-th input. */
    Operand operand(int i) {
        require(has(i), "input %d is missing.", i);
        return operands.get(i);
    }

    /** The i-th input as a value of the graph. */
    Value value(int i) {
        return wire(operand(i), false);
    }

    /** The i-th input, which gradients do not change where it is a weight. */
    Value statistic(int i) {
        return wire(operand(i), true);
    }

    /** Any operand as a value of the graph. */
    Value wire(Operand operand, boolean statistic) {
        return switch (operand) {
            case Operand.Wired(Value value) -> value;
            case Operand.Known(Tensor tensor) -> keepingName(() -> Source.constant(graph(), tensor));
            case Operand.Weight(String name, Tensor tensor) ->
                keepingName(() -> scope.weights().add(graph(), name, tensor, statistic));
        };
    }

    /** The node's name is for its op, not for a constant that the op needs. */
    private Value keepingName(java.util.function.Supplier<Value> adding) {
        String name = graph().takeName();
        Value value = adding.get();
        graph().name(name);
        return value;
    }

    /** All inputs as values of the graph. */
    Value[] values() {
        Value[] values = new Value[inputs()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(i);
        }
        return values;
    }

    /** The i-th input's numbers if they are known now. */
    Optional<Tensor> known(int i) {
        return has(i) ? known(operands.get(i)) : Optional.empty();
    }

    /** An operand's numbers if they are known now. */
    static Optional<Tensor> known(Operand operand) {
        return switch (operand) {
            case Operand.Wired _ -> Optional.empty();
            case Operand.Known(Tensor tensor) -> Optional.of(tensor);
            case Operand.Weight(String _, Tensor tensor) -> Optional.of(tensor);
        };
    }

    /**
     * The i-th input's numbers.
     *
     * @param what its name in ONNX's definition of the operator, for the error
     */
    Tensor numbers(int i, String what) {
        return known(operand(i)).orElseThrow(() -> new NotKnownException(node.title() + ": input " + i + " (" + what + ") is computed "
                + "when the model runs, must be known before: Lamina's shapes are fixed. Give it as a constant."));
    }

    /** The i-th input's whole numbers, whatever their shape. */
    long[] integers(int i, String what) {
        return numbers(i, what).toLongs();
    }

    /** The i-th input's one number. */
    double number(int i, String what) {
        Tensor tensor = numbers(i, what);
        require(tensor.elements() == 1, "input %d (%s) has shape %s, needs one number.", i, what, tensor.shape());
        return tensor.toDoubles()[0];
    }

    /** Shape of the i-th input. */
    Shape shape(int i) {
        return operand(i).shape();
    }

    /** Element type of the i-th input. */
    DType dtype(int i) {
        return operand(i).dtype();
    }

    /** An axis as a number from 0, of a rank. */
    int axis(long axis, int rank) {
        require(axis >= -rank && axis < rank, "axis %d is out of range for rank %d.", axis, rank);
        return Math.toIntExact(axis < 0 ? axis + rank : axis);
    }

    /** Whether the node names its i-th output. */
    boolean wants(int i) {
        return i < node.outputs().size() && !node.outputs().get(i).isEmpty();
    }

    // --- attributes ---------------------------------------------------------------------------------------------------------------------

    /** Whether an attribute is given. */
    boolean hasAttribute(String name) {
        return node.attributes().containsKey(name);
    }

    /** A whole number. */
    long integer(String name, long otherwise) {
        return switch (node.attributes().get(name)) {
            case null -> otherwise;
            case OnnxAttribute.Integer(long value) -> value;
            default -> throw wrong(name, "a whole number");
        };
    }

    /** A number. */
    double number(String name, double otherwise) {
        return switch (node.attributes().get(name)) {
            case null -> otherwise;
            case OnnxAttribute.Number(float value) -> value;
            default -> throw wrong(name, "a number");
        };
    }

    /** A text. */
    String text(String name, String otherwise) {
        return switch (node.attributes().get(name)) {
            case null -> otherwise;
            case OnnxAttribute.Text(String value) -> value;
            default -> throw wrong(name, "a text");
        };
    }

    /** Whole numbers, if they are given. */
    Optional<long[]> integers(String name) {
        return switch (node.attributes().get(name)) {
            case null -> Optional.empty();
            case OnnxAttribute.Integers(List<Long> values) -> Optional.of(values.stream().mapToLong(Long::longValue).toArray());
            default -> throw wrong(name, "whole numbers");
        };
    }

    /** Numbers, if they are given. */
    Optional<double[]> floats(String name) {
        return switch (node.attributes().get(name)) {
            case null -> Optional.empty();
            case OnnxAttribute.Numbers(List<Float> values) -> Optional.of(values.stream().mapToDouble(Float::doubleValue).toArray());
            default -> throw wrong(name, "numbers");
        };
    }

    /** A tensor, if it is given. */
    Optional<Tensor> tensor(String name) {
        return switch (node.attributes().get(name)) {
            case null -> Optional.empty();
            case OnnxAttribute.OfTensor(Tensor value) -> Optional.of(value);
            default -> throw wrong(name, "a tensor");
        };
    }

    /** Whole numbers that older operators have as an attribute and newer as the i-th input, if they are given. */
    Optional<long[]> integers(String attribute, int input) {
        return has(input) ? Optional.of(integers(input, attribute)) : integers(attribute);
    }

    private GraphException wrong(String name, String needed) {
        return error("attribute %s is %s, needs %s.", name, node.attributes().get(name), needed);
    }

    // --- errors -------------------------------------------------------------------------------------------------------------------------

    /** The error {@code Conv "conv1": message}. */
    GraphException error(String format, Object... args) {
        return new GraphException(node.title() + ": " + format.formatted(args));
    }

    /** Fails unless the condition holds. */
    void require(boolean holds, String format, Object... args) {
        if (!holds) {
            throw error(format, args);
        }
    }
}
