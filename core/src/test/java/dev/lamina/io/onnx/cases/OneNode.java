package dev.lamina.io.onnx.cases;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxGraph;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Operand;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model of one node called {@code n}. Inputs are x0, x1, ...; outputs y0, y1, ...
 *
 * @param version of the operator set
 * @param type the operator
 * @param given inputs that the graph is given when it runs
 * @param initializers inputs after them that the model holds
 * @param outputs how many outputs the node names
 * @param attributes by name
 */
public record OneNode(long version, String type, List<Tensor> given, List<Tensor> initializers, int outputs,
        Map<String, OnnxAttribute> attributes) {

    /** A node with one output and no attributes. */
    public static OneNode of(long version, String type, Tensor... given) {
        return new OneNode(version, type, List.of(given), List.of(), 1, Map.of());
    }

    /** This node with inputs that the model holds. */
    public OneNode holding(Tensor... values) {
        return new OneNode(version, type, given, List.of(values), outputs, attributes);
    }

    /** This node with so many outputs. */
    public OneNode giving(int count) {
        return new OneNode(version, type, given, initializers, count, attributes);
    }

    /** This node with an attribute: a long, double, String, long[] or double[]. */
    public OneNode with(String name, Object value) {
        Map<String, OnnxAttribute> all = new HashMap<>(attributes);
        all.put(name, switch (value) {
            case Integer number -> new OnnxAttribute.Integer(number);
            case Double number -> new OnnxAttribute.Number(number.floatValue());
            case String text -> new OnnxAttribute.Text(text);
            case long[] numbers -> new OnnxAttribute.Integers(Arrays.stream(numbers).boxed().toList());
            case double[] numbers -> new OnnxAttribute.Numbers(Arrays.stream(numbers).mapToObj(d -> (float) d).toList());
            default -> throw new IllegalArgumentException(name);
        });
        return new OneNode(version, type, given, initializers, outputs, all);
    }

    /** Adds the model and its inputs. */
    public Map<String, Operand> add(GraphBuilder graph, Weights weights, boolean training) {
        List<Value> values = new ArrayList<>();
        for (Tensor tensor : given) {
            values.add(graph.input("x" + values.size(), new TensorType(tensor.dtype(), tensor.shape())));
        }
        return add(graph, values, weights, training);
    }

    /** Adds the model on values in place of the tensors that are given. */
    public Map<String, Operand> add(GraphBuilder graph, List<Value> values, Weights weights, boolean training) {
        List<String> inputs = new ArrayList<>();
        Map<String, Operand> operands = new LinkedHashMap<>();
        for (Value value : values) {
            String name = "x" + inputs.size();
            inputs.add(name);
            operands.put(name, Operand.of(value));
        }
        Map<String, Tensor> held = new LinkedHashMap<>();
        for (Tensor tensor : initializers) {
            held.put("x" + inputs.size(), tensor);
            inputs.add("x" + inputs.size());
        }
        List<String> results = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            results.add("y" + i);
        }
        OnnxGraph one = new OnnxGraph("g", List.of(new OnnxNode("n", "", type, inputs, results, attributes)), held,
                operands.keySet().stream().map(OneNode::untyped).toList(), results.stream().map(OneNode::untyped).toList());
        return OnnxImport.add(graph, new OnnxModel(8, "test", Map.of("", version), one, List.of(), Map.of()), operands, weights, training);
    }

    private static OnnxValue untyped(String name) {
        return new OnnxValue(name, Optional.empty(), Optional.empty());
    }

    /** What the node gives. */
    public List<Tensor> run(Backend backend) {
        GraphBuilder graph = new GraphBuilder();
        OnnxImport.values(graph, add(graph, Weights.CONSTANTS, false), Weights.CONSTANTS).forEach(graph::output);
        Map<String, Tensor> inputs = new HashMap<>();
        for (int i = 0; i < given.size(); i++) {
            inputs.put("x" + i, given.get(i));
        }
        var built = graph.build();
        try (Executable executable = backend.compile(built, CompileOptions.defaults());
                State state = backend.createState(built.variables())) {
            executable.run(state, inputs);
            List<Tensor> results = new ArrayList<>();
            for (int i = 0; i < outputs; i++) {
                results.add(executable.read("y" + i));
            }
            return results;
        }
    }
}
