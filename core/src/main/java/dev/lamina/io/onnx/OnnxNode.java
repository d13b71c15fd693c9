package dev.lamina.io.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An operator applied to values.
 *
 * @param name its name, often empty
 * @param domain the set that the operator belongs to; empty for ONNX's own
 * @param type the operator's name, e.g. {@code Conv}
 * @param inputs names of values; an empty one stands for an optional input that is left out
 * @param outputs names of values; an empty one stands for an output that nobody needs
 * @param attributes by name, in the file's order
 */
public record OnnxNode(String name, String domain, String type, List<String> inputs, List<String> outputs,
        Map<String, OnnxAttribute> attributes) {
    /** Copies the collections. */
    public OnnxNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** A node of ONNX's own operators. */
    public static OnnxNode of(String type, List<String> inputs, List<String> outputs, Map<String, OnnxAttribute> attributes) {
        return new OnnxNode("", "", type, inputs, outputs, attributes);
    }

    /** {@code Conv "conv1"}, or by its first output where it has no name. */
    public String title() {
        String label = !name.isEmpty() ? name : outputs.isEmpty() ? "" : outputs.getFirst();
        return (domain.isEmpty() ? type : domain + "." + type) + " \"" + label + "\"";
    }
}
