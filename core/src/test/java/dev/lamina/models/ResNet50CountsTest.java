package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Summary;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.tensor.DType;
import org.junit.jupiter.api.Test;

/** Section 6's figures for ResNet-50. */
class ResNet50CountsTest {
    @Test
    void parametersAndMacs() {
        GraphBuilder graph = new GraphBuilder();
        Value images = graph.input("images", TensorType.of(DType.FLOAT32, 1, 3, 224, 224));
        Summary summary = Summary.of(ResNet50.layer().apply(new Context(graph, false), images));
        assertEquals(25_557_032, summary.trainableParameters());
        assertEquals(4_089_184_256L, summary.macs());
    }
}
