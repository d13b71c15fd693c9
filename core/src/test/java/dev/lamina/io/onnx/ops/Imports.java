package dev.lamina.io.onnx.ops;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxGraph;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Models of a few nodes, imported without a backend. */
final class Imports {
    private final GraphBuilder graph = new GraphBuilder();
    private final Map<String, Operand> inputs = new LinkedHashMap<>();
    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final long version;

    private Imports(long version) {
        this.version = version;
    }

    /** An empty model of a version of the operator set. */
    static Imports version(long version) {
        return new Imports(version);
    }

    /** An input that is computed when the graph runs. */
    Imports wired(String name, DType dtype, long... dims) {
        inputs.put(name, Operand.of(graph.input(name, new TensorType(dtype, Shape.of(dims)))));
        return this;
    }

    Imports known(String name, Tensor tensor) {
        inputs.put(name, Operand.of(tensor));
        return this;
    }

    Imports weight(String name, Tensor tensor) {
        weights.put(name, tensor);
        return this;
    }

    /** A node {@code outputs = type(inputs)}, names apart by blanks, attributes as names and values by turns. */
    Imports node(String outputs, String type, String operands, Object... attributes) {
        Map<String, OnnxAttribute> named = new LinkedHashMap<>();
        for (int i = 0; i < attributes.length; i += 2) {
            named.put((String) attributes[i], switch (attributes[i + 1]) {
                case Integer value -> new OnnxAttribute.Integer(value);
                case Float value -> new OnnxAttribute.Number(value);
                case String value -> new OnnxAttribute.Text(value);
                case long[] values -> new OnnxAttribute.Integers(java.util.Arrays.stream(values).boxed().toList());
                default -> throw new IllegalArgumentException(attributes[i + 1].toString());
            });
        }
        nodes.add(OnnxNode.of(type, List.of(operands.split(" ")), List.of(outputs.split(" ")), named));
        return this;
    }

    /** What an output stands for. */
    Operand operand(String output) {
        List<OnnxValue> taken = inputs.keySet().stream().map(name -> new OnnxValue(name, Optional.empty(), Optional.empty())).toList();
        OnnxModel model = new OnnxModel(8, "test", Map.of("", version), new OnnxGraph("g", nodes, weights, taken,
                List.of(new OnnxValue(output, Optional.empty(), Optional.empty()))), List.of(), Map.of());
        return OnnxImport.add(graph, model, inputs, Weights.CONSTANTS, false).get(output);
    }

    /** An output's numbers, which are known. */
    Tensor tensor(String output) {
        return switch (operand(output)) {
            case Operand.Known(Tensor tensor) -> tensor;
            case Operand.Wired wired -> throw new AssertionError("computed when the graph runs: " + wired);
            case Operand.Weight weight -> throw new AssertionError("a weight: " + weight.name());
        };
    }

    /** An output's integers, which are known. */
    List<Long> longs(String output) {
        return java.util.Arrays.stream(tensor(output).toLongs()).boxed().toList();
    }

    /** An output's numbers, which are known. */
    List<Double> doubles(String output) {
        return java.util.Arrays.stream(tensor(output).toDoubles()).boxed().toList();
    }

    static Tensor int64(long... values) {
        return Tensor.of(values, values.length);
    }

    static Tensor int32(int... values) {
        return Tensor.of(values, values.length);
    }

    static Tensor float32(double... values) {
        return Tensor.of(DType.FLOAT32, values, values.length);
    }

    static Tensor scalar(long value) {
        return int64(value).reshape();
    }
}
