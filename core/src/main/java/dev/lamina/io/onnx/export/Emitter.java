package dev.lamina.io.onnx.export;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxGraph;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Collects an ONNX graph node by node, and knows what Lamina's values are called in it. Not thread-safe. */
final class Emitter {
    private final BatchFree source;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, Tensor> initializers = new LinkedHashMap<>();
    private final List<OnnxValue> inputs = new ArrayList<>();
    private final List<OnnxValue> outputs = new ArrayList<>();
    private final Map<Value, String> names = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    /** Outputs that are another name of a value, by name. */
    private final Map<String, Value> aliases = new LinkedHashMap<>();
    /** The batch size as an int64 vector of one element; empty until it is needed. */
    private String batch = "";

    Emitter(BatchFree source, List<String> outputNames) {
        this.source = source;
        for (Node node : source.nodes()) {
            switch (node.op()) {
                case Source.Input input -> names.put(node.output(0), unique(input.inputName()));
                case Source.Variable variable -> names.put(node.output(0), unique(variable.variableName()));
                default -> { }
            }
        }
        for (String name : outputNames) {
            Value value = source.output(name);
            if (!taken.add(name)) {
                throw new GraphException("onnx: output \"" + name + "\" has the name of an input, a variable or another output, which ONNX "
                        + "does not allow. Name it otherwise.");
            }
            if (value.node().op() instanceof Source || names.putIfAbsent(value, name) != null) {
                aliases.put(name, value);
            }
            outputs.add(described(name, value));
        }
        for (Node node : source.nodes()) {
            node.outputs().forEach(value -> names.computeIfAbsent(value, v -> unique(v.name())));
        }
    }

    private String unique(String wanted) {
        String name = wanted;
        for (int k = 1; !taken.add(name); k++) {
            name = wanted + "_" + k;
        }
        return name;
    }

    private OnnxValue described(String name, Value value) {
        return new OnnxValue(name, Optional.of(value.dtype()), Optional.of(source.extents(value).stream().map(Extent::dim).toList()));
    }

    /** The error {@code onnx: op "node": reason}. */
    static GraphException refused(Node node, String reason) {
        return new GraphException("onnx: " + node + ": " + reason);
    }

    /** The graph of all that was added. */
    OnnxGraph graph(String name) {
        List<OnnxNode> all = new ArrayList<>(nodes);
        aliases.forEach((output, value) -> all.add(OnnxNode.of("Identity", List.of(name(value)), List.of(output), Map.of())));
        return new OnnxGraph(name, all, initializers, inputs, outputs);
    }

    // --- Lamina's values ----------------------------------------------------------------------------------------------------------------

    /** What a value is called in the model. */
    String name(Value value) {
        return names.get(value);
    }

    /** What a node's operands are called. */
    List<String> inputs(Node node) {
        return node.inputs().stream().map(this::name).toList();
    }

    /** What the i-th operand is called. */
    String input(Node node, int i) {
        return name(node.input(i));
    }

    /** Extents of a value. */
    List<Extent> extents(Value value) {
        return source.extents(value);
    }

    /** Whether a node or an output needs a value. */
    boolean isUsed(Value value) {
        return source.isUsed(value);
    }

    /** The same node in the graph of another batch size. */
    Node other(Node node) {
        return source.other(node);
    }

    // --- adding -------------------------------------------------------------------------------------------------------------------------

    /** Adds the operator that gives a node's first result. */
    void add(Node node, String type, List<String> operands, Map<String, OnnxAttribute> attributes) {
        nodes.add(new OnnxNode(node.name(), "", type, operands, List.of(name(node.output(0))), new TreeMap<>(attributes)));
    }

    /** Adds an operator that another one of a node needs, {@code node/part}; the result is what its result is called. */
    String part(Node node, String part, String type, List<String> operands, Map<String, OnnxAttribute> attributes) {
        String name = unique(node.name() + "/" + part);
        nodes.add(new OnnxNode(name, "", type, operands, List.of(name), new TreeMap<>(attributes)));
        return name;
    }

    /** Adds numbers that an operator of a node needs, {@code node/part}. */
    String constant(Node node, String part, Tensor tensor) {
        String name = unique(node.name() + "/" + part);
        constant(name, name, tensor);
        return name;
    }

    /** Adds a number of the element type of a node's first result. */
    String number(Node node, String part, double value) {
        return constant(node, part, Tensor.scalar(node.output(0).dtype(), value));
    }

    /** Adds whole numbers. */
    String longs(Node node, String part, long... values) {
        return constant(node, part, Tensor.of(values, values.length));
    }

    /** Adds a parameter's numbers under its name. */
    void initializer(Node node, Tensor tensor) {
        initializers.put(name(node.output(0)), tensor);
    }

    /** Adds a constant's numbers under the name of its result. */
    void constant(Node node, Tensor tensor) {
        constant(node.name(), name(node.output(0)), tensor);
    }

    /** Numbers that are no parameters are nodes, so that who reads the file does not train them; whole numbers nobody does. */
    private void constant(String node, String output, Tensor tensor) {
        if (tensor.dtype().isFloating()) {
            nodes.add(new OnnxNode(node, "", "Constant", List.of(), List.of(output), Map.of("value", new OnnxAttribute.OfTensor(tensor))));
        } else {
            initializers.put(output, tensor);
        }
    }

    /** Adds an input of the model. */
    void input(Node node) {
        inputs.add(described(name(node.output(0)), node.output(0)));
    }

    /** Adds extents as an int64 vector; free ones are computed from the shape of an input of the model. */
    String shape(Node node, List<Extent> extents) {
        if (extents.stream().noneMatch(Extent::isFree)) {
            return longs(node, "shape", extents.stream().mapToLong(Extent::fixed).toArray());
        }
        List<String> parts = new ArrayList<>();
        for (int axis = 0; axis < extents.size(); axis++) {
            Extent extent = extents.get(axis);
            if (!extent.isFree()) {
                parts.add(longs(node, "extent" + axis, extent.fixed()));
            } else if (extent.isBatch()) {
                parts.add(batch(node));
            } else {
                String times = longs(node, "times" + axis, extent.perSample());
                parts.add(part(node, "free" + axis, "Mul", List.of(batch(node), times), Map.of()));
            }
        }
        return part(node, "shape", "Concat", parts, Map.of("axis", integer(0)));
    }

    private String batch(Node node) {
        if (batch.isEmpty()) {
            batch = source.nodes().stream().filter(n -> n.op() instanceof Source.Input).map(n -> n.output(0))
                    .flatMap(value -> batchOf(value).stream()).findFirst().orElseThrow(() -> refused(node,
                            "its shape depends on the batch, which no input of the model has as an extent."));
        }
        return batch;
    }

    private Optional<String> batchOf(Value input) {
        List<Extent> extents = extents(input);
        for (int axis = 0; axis < extents.size(); axis++) {
            if (extents.get(axis).isBatch()) {
                return Optional.of(part(input.node(), "batch", "Shape", List.of(name(input)),
                        Map.of("start", integer(axis), "end", integer(axis + 1))));
            }
        }
        return Optional.empty();
    }

    // --- attributes ---------------------------------------------------------------------------------------------------------------------

    static OnnxAttribute integer(long value) {
        return new OnnxAttribute.Integer(value);
    }

    static OnnxAttribute flag(boolean value) {
        return new OnnxAttribute.Integer(value ? 1 : 0);
    }

    static OnnxAttribute real(double value) {
        return new OnnxAttribute.Number((float) value);
    }

    static OnnxAttribute integers(long... values) {
        return new OnnxAttribute.Integers(Arrays.stream(values).boxed().toList());
    }
}
