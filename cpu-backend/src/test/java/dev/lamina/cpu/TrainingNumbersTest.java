package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import dev.lamina.nn.Context;
import dev.lamina.nn.Layers;
import dev.lamina.optim.GradientClipping;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Worked numbers of the specification's section 13 that need a run, through the layers and optimizers that users call. */
class TrainingNumbersTest {
    private final Backend backend = Backends.open("reference");

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void clippingScalesToTheNorm() {
        GraphBuilder graph = new GraphBuilder();
        Value w = graph.variable("w", TensorType.of(DType.FLOAT64, 2), true);
        Value g = graph.input("g", TensorType.of(DType.FLOAT64, 2));
        GradientClipping.Clipped clipped = GradientClipping.byGlobalNorm(Map.of(w, g), 1);
        graph.output("clipped", clipped.gradients().get(w)).output("norm", clipped.norm());
        Graph built = graph.build();
        try (State state = backend.createState(built.variables()); Executable run = backend.compile(built, CompileOptions.defaults())) {
            Map<String, Tensor> out = run.call(state, Map.of("g", Tensor.of(new double[] {3, 4})));
            assertArrayEquals(new double[] {0.6, 0.8}, out.get("clipped").toDoubles(), 1e-6);
            assertEquals(5, out.get("norm").item(), 1e-12);
            assertArrayEquals(new double[] {0.3, 0.4},
                    run.call(state, Map.of("g", Tensor.of(new double[] {0.3, 0.4}))).get("clipped").toDoubles(), 1e-12);
        }
    }

    @Test
    void averageFollowsTheUpdatedWeight() {
        GraphBuilder graph = new GraphBuilder();
        Value w = graph.variable("w", TensorType.of(DType.FLOAT64), true);
        Value e = graph.variable("e", TensorType.of(DType.FLOAT64), false);
        Value updated = Update.assign(w, w.plus(1));
        Update.ema(e, updated, 0.9);
        graph.output("w", updated);
        Graph built = graph.build();
        try (State state = backend.createState(built.variables()); Executable run = backend.compile(built, CompileOptions.defaults())) {
            run.run(state, Map.of());
            run.run(state, Map.of());
            assertEquals(2, state.get("w").item());
            assertEquals(0.9 * 0.1 + 0.1 * 2, state.get("e").item(), 1e-15);
        }
    }

    @Test
    void batchNormLayerNormalisesAndKeepsRunningStatistics() {
        GraphBuilder graph = new GraphBuilder();
        Context context = new Context(graph, true);
        Value x = graph.input("x", TensorType.of(DType.FLOAT32, 4, 1, 1, 1));
        graph.output("y", Layers.batchNorm2d("bn").apply(context, x));
        Graph built = graph.build();
        try (State state = backend.createState(built.variables()); Executable run = backend.compile(built, CompileOptions.defaults())) {
            context.parameters().initialize(state, 1);
            Tensor y = run.call(state, Map.of("x", Tensor.of(new float[] {1, 2, 3, 4}, 4, 1, 1, 1))).get("y");
            assertEquals(Shape.of(4, 1, 1, 1), y.shape());
            assertArrayEquals(new double[] {-1.341635, -0.447212, 0.447212, 1.341635}, y.toDoubles(), 2e-6);
            assertEquals(0.25, state.get("bn.running_mean").item(), 1e-6);
            assertEquals(0.9 + 0.1 * 5 / 3, state.get("bn.running_var").item(), 1e-6);
        }
    }

    @Test
    void constantsAreNotConsumedByRuns() {
        GraphBuilder graph = new GraphBuilder();
        Value c = Source.constant(graph, Tensor.of(new double[] {1, 2}));
        graph.output("y", c.plus(1).times(2).plus(c));
        Graph built = graph.build();
        try (State state = backend.createState(built.variables()); Executable run = backend.compile(built, CompileOptions.defaults())) {
            assertArrayEquals(new double[] {5, 8}, run.call(state, Map.of()).get("y").toDoubles());
            assertArrayEquals(new double[] {5, 8}, run.call(state, Map.of()).get("y").toDoubles());
        }
    }
}
