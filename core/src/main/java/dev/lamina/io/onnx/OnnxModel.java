package dev.lamina.io.onnx;

import java.util.List;
import java.util.Map;

/**
 * An ONNX file.
 *
 * @param irVersion version of the file format
 * @param producer the program that wrote it
 * @param versions versions of the operator sets in use, by domain; ONNX's own is the empty one
 * @param graph what it computes
 * @param functions operators of its own
 * @param metadata free text by name
 */
public record OnnxModel(long irVersion, String producer, Map<String, Long> versions, OnnxGraph graph, List<OnnxFunction> functions,
        Map<String, String> metadata) {
    /** Copies the collections. */
    public OnnxModel {
        versions = Map.copyOf(versions);
        functions = List.copyOf(functions);
        metadata = Map.copyOf(metadata);
    }
}
