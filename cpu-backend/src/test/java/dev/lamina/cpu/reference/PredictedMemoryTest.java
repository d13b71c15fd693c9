package dev.lamina.cpu.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.models.Models;
import dev.lamina.nn.Context;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arena that a plan predicts, before anything is allocated, is the one that is allocated. */
class PredictedMemoryTest {
    @ParameterizedTest
    @ValueSource(strings = {"linear", "mlp", "lenet"})
    void predictedArenaIsTheAllocatedOne(String model) {
        GraphBuilder builder = new GraphBuilder();
        Value images = builder.input("images", TensorType.of(DType.FLOAT32, 8, 1, 28, 28));
        Value logits = Models.create(model, Shape.of(1, 28, 28), 10).logits(new Context(builder, true), images);
        Value loss = Loss.crossEntropy(logits, builder.input("labels", TensorType.of(DType.INT32, 8)), Loss.Options.defaults());
        List<Value> gradients = Gradients.of(loss, builder.trainable());
        for (int i = 0; i < gradients.size(); i++) {
            builder.output("g" + i, gradients.get(i));
        }
        Graph graph = builder.build();
        CompileOptions options = CompileOptions.defaults();
        long reused = MemoryPlan.of(graph, options).bytes();
        long kept = MemoryPlan.of(graph, options.keepingAll()).bytes();
        assertTrue(0 < reused && reused < kept, reused + " bytes with reuse, " + kept + " without");
        try (Backend backend = Backends.open("reference");
                ReferenceExecutable small = (ReferenceExecutable) backend.compile(graph, options);
                ReferenceExecutable large = (ReferenceExecutable) backend.compile(graph, options.keepingAll())) {
            assertEquals(reused, small.arenaBytes());
            assertEquals(kept, large.arenaBytes());
        }
    }
}
