package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ten steps as PyTorch recorded them, met to 1e-6 in float32. */
class RecordedOptimizerStepsTest {
    @ParameterizedTest
    @CsvSource({"adamw_test_single_weight_mode_0.json, adamw, 0.01", "sgd_test_single_weight.json, sgd, 0"})
    void stepsAgree(String file, String optimizer, double weightDecay) throws IOException {
        JsonNode record = new ObjectMapper().readTree(SharedFiles.folder("optimizer-steps").resolve(file).toFile());
        JsonNode parameters = record.get("Parameters").get("fc1.weight");
        JsonNode gradients = record.get("Gradients").get("fc1.weight");
        int size = parameters.get(0).size();

        GraphBuilder graph = new GraphBuilder();
        Value w = graph.variable("w", TensorType.of(DType.FLOAT32, size), true);
        Value g = graph.input("g", TensorType.of(DType.FLOAT32, size));
        Value step = graph.step();
        Value next = step.plus(1);
        Optimizer.parse(optimizer, weightDecay).apply(graph, Map.of(w, g), Source.scalar(graph, DType.FLOAT32, 1e-3), next);
        Update.assign(step, next);
        Graph built = graph.build();
        try (Backend backend = Backends.open("reference");
                State state = backend.createState(built.variables());
                Executable executable = backend.compile(built, CompileOptions.defaults())) {
            state.set("w", floats(parameters.get(0)));
            assertEquals(10, gradients.size());
            for (int t = 0; t < gradients.size(); t++) {
                executable.run(state, Map.of("g", floats(gradients.get(t))));
                float[] got = state.get("w").toFloats();
                for (int i = 0; i < size; i++) {
                    assertEquals(parameters.get(t + 1).get(i).doubleValue(), got[i], 1e-6, "step " + t + ", weight " + i);
                }
            }
        }
    }

    private static Tensor floats(JsonNode numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i).floatValue();
        }
        return Tensor.of(values);
    }
}
