package dev.lamina.io.onnx;

import java.util.List;
import java.util.Map;

/**
 * An operator that a model defines of others.
 *
 * @param domain the set it belongs to
 * @param name the operator's name
 * @param inputs names of its inputs within it
 * @param outputs names of its outputs within it
 * @param defaults values of attributes that a call leaves out
 * @param nodes its body
 * @param versions versions of the operator sets that its body uses, by domain
 */
public record OnnxFunction(String domain, String name, List<String> inputs, List<String> outputs, Map<String, OnnxAttribute> defaults,
        List<OnnxNode> nodes, Map<String, Long> versions) {
    /** Copies the collections. */
    public OnnxFunction {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        defaults = Map.copyOf(defaults);
        nodes = List.copyOf(nodes);
        versions = Map.copyOf(versions);
    }
}
