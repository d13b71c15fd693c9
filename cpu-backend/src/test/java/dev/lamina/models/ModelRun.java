package dev.lamina.models;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.nn.Context;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs models for inference. */
final class ModelRun {
    private ModelRun() { }

    /** What the parameters of a model start as. */
    static Map<String, Tensor> weights(Model model, long seed) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        model.parameters().names().forEach(name -> weights.put(name, model.parameters().initial(name, seed)));
        return weights;
    }

    /** Images of numbers in (-1, 1). */
    static Tensor images(Model model, int count) {
        Philox.Stream random = new Philox.Stream(77, 0, 0);
        float[] pixels = new float[Math.toIntExact(count * model.inputShape().elements())];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) (2 * random.nextUniform() - 1);
        }
        return Tensor.of(pixels, count, model.inputShape().dim(0), model.inputShape().dim(1), model.inputShape().dim(2));
    }

    /** The logits of images in one type of numbers. */
    static double[] logits(Backend backend, DType dtype, Model model, Map<String, Tensor> weights, Tensor images) {
        GraphBuilder builder = new GraphBuilder();
        TensorType type = new TensorType(dtype, images.shape());
        Graph graph = builder.output("logits", model.logits(new Context(builder, false), builder.input("images", type))).build();
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            weights.forEach((name, tensor) -> state.set(name, tensor.cast(dtype)));
            return executable.call(state, Map.of("images", images.cast(dtype))).get("logits").toDoubles();
        }
    }
}
