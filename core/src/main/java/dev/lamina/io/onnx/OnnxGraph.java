package dev.lamina.io.onnx;

import dev.lamina.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes, each after those it needs.
 *
 * @param name its name
 * @param nodes operators in order
 * @param initializers constants by name, e.g. weights
 * @param inputs what it is given; initializers may be named here too
 * @param outputs what it gives
 */
public record OnnxGraph(String name, List<OnnxNode> nodes, Map<String, Tensor> initializers, List<OnnxValue> inputs,
        List<OnnxValue> outputs) {
    /** Copies the collections. */
    public OnnxGraph {
        nodes = List.copyOf(nodes);
        initializers = Collections.unmodifiableMap(new LinkedHashMap<>(initializers));
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** Inputs that no initializer holds. */
    public List<OnnxValue> trueInputs() {
        return inputs.stream().filter(v -> !initializers.containsKey(v.name())).toList();
    }
}
