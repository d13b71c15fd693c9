package dev.lamina.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Multi-layer perceptrons: counts, shapes, first weights. */
class SequentialTest {
    private static Parameters parameters(Layer layer, long... input) {
        Context context = new Context(new GraphBuilder(), true);
        Networks.apply(context, layer, input);
        return context.parameters();
    }

    private static double deviation(Parameters parameters, String name) {
        double[] w = parameters.initial(name, 1).toDoubles();
        return Math.sqrt(Arrays.stream(w).map(v -> v * v).sum() / w.length);
    }

    @Test
    void publishedNumberOfParameters() {
        assertEquals(308_310, parameters(Sequential.mlp(3072, new long[] {100}, 10, "relu"), 4, 3, 32, 32).trainableElements());
    }

    @Test
    void anyDepthAndWidths() {
        Parameters deep = parameters(Sequential.mlp(6, new long[] {5, 4, 3, 2}, 7, "tanh"), 2, 6);
        assertEquals(Shape.of(5, 6), deep.type("fc1.weight").shape());
        assertEquals(Shape.of(3, 4), deep.type("fc3.weight").shape());
        assertEquals(Shape.of(7, 2), deep.type("fc5.weight").shape());
        assertEquals(10, deep.names().size());
        assertEquals(2, parameters(Sequential.mlp(6, new long[0], 7, "tanh"), 2, 6).names().size(), "no hidden layer: linear");
    }

    @Test
    void anotherNumberOfFeaturesIsAnError() {
        Sequential plane = Sequential.mlp(2, new long[] {3}, 2, "relu");
        assertEquals("mlp \"fc1\": input has 3 features, needs in = 2.",
                assertThrows(GraphException.class, () -> parameters(plane, 5, 3)).getMessage());
        assertEquals("mlp: in = 0, needs >= 1.",
                assertThrows(GraphException.class, () -> Sequential.mlp(0, new long[] {3}, 2, "relu")).getMessage());
    }

    @ParameterizedTest
    @CsvSource({"relu, 2", "leakyRelu, 2", "elu, 2", "gelu, 2", "softplus, 2", "sigmoid, 1.6", "tanh, 1.6", "binarize, 1.6",
        "binarizeBlock, 1.6", "none, 1.6"})
    void hiddenLayersStartAsTheirActivationNeeds(String activation, double factor) {
        Parameters p = parameters(Sequential.mlp(400, new long[] {100}, 50, activation), 2, 400);
        // He: 2 / 400; Xavier: 2 / (400 + 100) = 1.6 / 400. The last layer, Xavier: 2 / (100 + 50).
        assertEquals(Math.sqrt(factor / 400), deviation(p, "fc1.weight"), 3 * Math.sqrt(factor / 400) / Math.sqrt(2 * 40_000));
        assertEquals(Math.sqrt(2.0 / 150), deviation(p, "fc2.weight"), 3 * Math.sqrt(2.0 / 150) / Math.sqrt(2 * 5_000));
        assertTrue(Arrays.stream(p.initial("fc1.bias", 1).toDoubles()).allMatch(b -> b == 0));
    }

    @Test
    void everyActivationHasAnInitializer() {
        Layers.activations().forEach(a -> assertTrue(Initializer.forActivation(a) != null, a));
        assertEquals("activation \"swish\" is unknown; known are relu, sigmoid, tanh, leakyRelu, elu, gelu, softplus, binarize, "
                + "binarizeBlock, none.",
                assertThrows(IllegalArgumentException.class, () -> Initializer.forActivation("swish")).getMessage());
    }
}
