package dev.lamina.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Random;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LayersTest {
    private static Context context() {
        return new Context(new GraphBuilder(), true);
    }

    private static String message(Layer layer, long... input) {
        return assertThrows(GraphException.class, () -> Networks.apply(layer, input)).getMessage();
    }

    private static long parameters(Layer layer, long... input) {
        Context context = context();
        Networks.apply(context, layer, input);
        return context.parameters().trainableElements();
    }

    @Test
    void tenFiltersOnThreeChannelsHave760Parameters() {
        Layer layer = Layers.conv2d("conv1", 10, Window.of(5).padding(2));
        assertEquals(760, parameters(layer, 1, 3, 32, 32));
        assertEquals(Shape.of(1, 10, 32, 32), Networks.apply(layer, 1, 3, 32, 32).shape());
    }

    @Test
    void perceptronWithHundredHiddenUnitsHas308310Parameters() {
        assertEquals(308_310, parameters(Sequential.mlp(new long[] {100}, 10, "relu"), 8, 3, 32, 32));
    }

    @Test
    void convolutionOptionsAreCounted() {
        assertEquals(8 * 2 * 9, parameters(Layers.conv2d("c", 8, Window.of(3), 4, false), 1, 8, 5, 5));
        assertEquals(8 * 2 * 9 + 8, parameters(Layers.conv2d("c", 8, Window.of(3), 4, true), 1, 8, 5, 5));
        Layer flipped = Layers.conv2d("c", 2, Window.of(3), ConvOptions.defaults().flip(true));
        assertEquals("reverse", Networks.apply(flipped, 1, 1, 5, 5).node().input(1).node().op().name());
    }

    @Test
    void namesFollowThePath() {
        Context context = context();
        Value y = Networks.apply(context, Layers.scope("block", Sequential.of(Layers.conv2d("conv1", 2, Window.of(3)),
                Layers.batchNorm2d("bn1"))), 2, 1, 5, 5);
        assertEquals(List.of("block.conv1.weight", "block.conv1.bias", "block.bn1.weight", "block.bn1.bias", "block.bn1.running_mean",
                "block.bn1.running_var"), context.parameters().names());
        assertEquals("block.bn1", y.node().name());
        assertTrue(context.parameters().trainable("block.bn1.bias"));
        assertFalse(context.parameters().trainable("block.bn1.running_var"));
        assertEquals(1, context.parameters().initial("block.bn1.running_var", 0).get(1));
        assertEquals(0, context.parameters().initial("block.bn1.running_mean", 0).get(1));
    }

    @Test
    void aNameMeantForTheNextNodeSurvivesParameters() {
        Context context = context();
        context.graph().name("mine");
        Value w = context.parameter("w", TensorType.of(DType.FLOAT32, 2), Initializer.zeros());
        assertEquals("w", w.name());
        assertEquals("mine", Pointwise.relu(w).name());
    }

    @Test
    void applyingALayerTwiceSharesItsParameters() {
        Context context = context();
        Layer layer = Layers.linear("fc", 4);
        Value once = Networks.apply(context, layer, 2, 4);
        Value twice = layer.apply(context, once);
        assertSame(once.node().input(1), twice.node().input(1));
        assertEquals(20, context.parameters().trainableElements());
    }

    @Test
    void frozenParametersAreNotTrainable() {
        Context context = context();
        Networks.apply(context, Sequential.of(Layers.frozen(Layers.linear("a", 3)), Layers.relu(), Layers.linear("b", 2)), 1, 4);
        assertFalse(context.parameters().trainable("a.weight"));
        assertEquals(List.of("b.weight", "b.bias"), context.graph().trainable().stream().map(Value::name).toList());
    }

    @Test
    void dropoutIsIdentityOutsideTraining() {
        Context inference = new Context(new GraphBuilder(), false);
        assertEquals("input", Networks.apply(inference, Layers.dropout(0.5), 2, 4).node().op().name());
        assertTrue(Networks.apply(Layers.dropout(0.5), 2, 4).node().op() instanceof Random.Dropout);
        assertEquals("dropout \"d\": p = 1.2, needs 0 <= p < 1.", message(Layers.dropout("d", 1.2), 2, 4));
        assertEquals("dropout \"d\": p = 1.2, needs 0 <= p < 1.", assertThrows(GraphException.class,
                () -> Networks.apply(new Context(new GraphBuilder(), false), Layers.dropout("d", 1.2), 2, 4)).getMessage());
    }

    @Test
    void batchNormUpdatesItsRunningStatisticsInTrainingOnly() {
        Context training = context();
        training.graph().output("y", Networks.apply(training, Layers.batchNorm2d("bn"), 4, 3, 2, 2));
        Graph graph = training.graph().build();
        List<String> updated = graph.nodes().stream().filter(n -> n.op() instanceof Update).map(n -> n.input(0).name()).toList();
        assertEquals(List.of("bn.running_mean", "bn.running_var"), updated);
        Context inference = new Context(new GraphBuilder(), false);
        assertTrue(Networks.apply(inference, Layers.batchNorm2d("bn"), 4, 3, 2, 2).node().op() instanceof Normalization.BatchNormInference);
        assertEquals(training.parameters().names(), inference.parameters().names());
        assertEquals("batchNorm \"bn\": input [1, 3, 1, 1] has one value per channel; training needs at least 2.",
                message(Layers.batchNorm2d("bn"), 1, 3, 1, 1));
    }

    @Test
    void errorsSayWhatIsWrong() {
        assertEquals("conv2d \"c1\": input has rank 3 [3, 32, 32], needs rank 4 [N, C, H, W]. Add a batch dimension.",
                message(Layers.conv2d("c1", 8, Window.of(3)), 3, 32, 32));
        assertEquals("linear \"fc\": input has rank 4 [8, 3, 32, 32], needs rank 2 [N, features]. Flatten it first.",
                message(Layers.linear("fc", 10), 8, 3, 32, 32));
        assertEquals("conv2d \"c1\": (7 + 0 - 3) / 3 + 1 = 2.33 is not whole (rounding EXACT). Stride 1 gives 5, stride 2 gives 3, "
                + "padding 1 gives 3.", message(Layers.conv2d("c1", 1, Window.of(3).stride(3).rounding(Rounding.EXACT)), 1, 1, 7, 7));
        assertEquals("conv2d \"c\": kernel 7 (dilated 13) is larger than padded input 11.",
                message(Layers.conv2d("c", 1, Window.of(7).dilation(2)), 1, 1, 11, 11));
        assertEquals("maxPool \"p\": padding 2 exceeds half of kernel 3; a window would hold only padding.",
                message(Layers.maxPool("p", Window.of(3).padding(2)), 1, 1, 8, 8));
        assertEquals("conv2d \"c\": input has 3 channels, groups = 2 does not divide them; input [1, 3, 8, 8].",
                message(Layers.conv2d("c", 4, Window.of(3), 2, true), 1, 3, 8, 8));
        assertThrows(GraphException.class, () -> Layers.conv2d("c", 3, Window.of(3), 2, true));
        assertEquals("activation \"rlu\" is unknown; known are relu, sigmoid, tanh, leakyRelu, elu, gelu, softplus, binarize, "
                + "binarizeBlock, none.", assertThrows(IllegalArgumentException.class, () -> Layers.activation("rlu")).getMessage());
    }

    @Test
    void weightsOfAnotherSizeAreNamed() {
        Context context = context();
        Networks.apply(context, Layers.linear("fc", 10), 8, 784);
        Value wide = context.graph().input("wide", TensorType.of(DType.FLOAT32, 8, 3072));
        assertEquals("linear \"fc\": input has 3072 features, weight [10, 784] needs 784.",
                assertThrows(GraphException.class, () -> Layers.linear("fc", 10).apply(context, wide)).getMessage());
        Value narrow = context.graph().input("narrow", TensorType.of(DType.FLOAT32, 8, 784));
        assertThrows(GraphException.class, () -> Layers.linear("fc", 11).apply(context, narrow));
    }

    @ParameterizedTest
    @CsvSource({"1, FLOOR, 5", "2, FLOOR, 3", "3, FLOOR, 2", "3, CEIL, 3"})
    void sevenByThree(long stride, Rounding rounding, long expected) {
        Layer layer = Layers.conv2d("c", 1, Window.of(3).stride(stride).rounding(rounding));
        assertEquals(Shape.of(1, 1, expected, expected), Networks.apply(layer, 1, 1, 7, 7).shape());
    }

    @Test
    void paddingOneKeepsSeven() {
        assertEquals(Shape.of(1, 1, 7, 7), Networks.apply(Layers.conv2d("c", 1, Window.of(3).padding(1)), 1, 1, 7, 7).shape());
    }

    @Test
    void fiveByFiveShrinksByFour() {
        Context context = context();
        Value x = context.graph().input("x", TensorType.of(DType.FLOAT32, 1, 3, 32, 32));
        for (long size : new long[] {28, 24, 20}) {
            x = Layers.conv2d("c" + size, 6, Window.of(5)).apply(context, x);
            assertEquals(Shape.of(1, 6, size, size), x.shape());
        }
    }

    static List<String> activations() {
        return Layers.activations();
    }

    @ParameterizedTest
    @MethodSource("activations")
    void everyActivationKeepsTheShape(String name) {
        assertEquals(Shape.of(2, 3), Networks.apply(Layers.activation(name), 2, 3).shape());
    }

    @Test
    void poolingAndGlobalAverage() {
        assertEquals(Shape.of(2, 3, 4, 4), Networks.apply(Layers.maxPool(2), 2, 3, 8, 8).shape());
        assertEquals(Shape.of(2, 3, 7, 7), Networks.apply(Layers.avgPool(Window.of(2)), 2, 3, 8, 8).shape());
        assertEquals(Shape.of(2, 3), Networks.apply(Sequential.of(Layers.globalAvgPool(), Layers.flatten()), 2, 3, 8, 8).shape());
        for (long[] row : new long[][] {{55, 27}, {27, 13}, {13, 6}}) {
            assertEquals(row[1], Networks.apply(Layers.maxPool(Window.of(3).stride(2)), 1, 1, row[0], row[0]).shape().dim(2));
        }
    }
}
