package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxGraph;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.io.onnx.OnnxValue.Dim;
import dev.lamina.nn.Context;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OnnxNetworkTest {
    private static final Shape IMAGE = Shape.of(3, 8, 6);

    private static Tensor tensor(long... dims) {
        return Tensor.full(DType.FLOAT32, Shape.of(dims), 0.5);
    }

    private static OnnxValue value(String name, Object... dims) {
        return new OnnxValue(name, Optional.of(DType.FLOAT32), Optional.of(Arrays.stream(dims)
                .map(d -> d instanceof String text ? (Dim) new Dim.Free(text) : new Dim.Fixed((Integer) d)).toList()));
    }

    private static OnnxNode node(String type, List<String> inputs, String output, Map<String, OnnxAttribute> attributes) {
        return OnnxNode.of(type, inputs, List.of(output), attributes);
    }

    private static OnnxModel model(OnnxValue input, OnnxValue output, Map<String, Tensor> initializers, OnnxNode... nodes) {
        return new OnnxModel(8, "test 1", Map.of("", 13L), new OnnxGraph("g", List.of(nodes), initializers, List.of(input),
                List.of(output)), List.of(), Map.of());
    }

    /** Convolution, batch normalisation, rectifier, a reshape for one image, a layer with softmax. */
    private static OnnxModel small(OnnxValue input, String shapeOf, long... shape) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("conv.w", tensor(4, 3, 3, 3));
        weights.put("bn.scale", tensor(4));
        weights.put("bn.bias", tensor(4));
        weights.put("bn.mean", tensor(4));
        weights.put("bn.var", tensor(4));
        weights.put(shapeOf, Tensor.of(shape, shape.length));
        weights.put("fc.w", tensor(4 * 6 * 4, 7));
        weights.put("fc.b", tensor(7));
        return model(input, value("p", "N", 7), weights,
                node("Conv", List.of("x", "conv.w"), "c", Map.of()),
                node("BatchNormalization", List.of("c", "bn.scale", "bn.bias", "bn.mean", "bn.var"), "n", Map.of()),
                node("Relu", List.of("n"), "r", Map.of()),
                node("Reshape", List.of("r", shapeOf), "f", Map.of()),
                node("MatMul", List.of("f", "fc.w"), "m", Map.of()),
                node("Add", List.of("m", "fc.b"), "s", Map.of()),
                node("Softmax", List.of("s"), "p", Map.of()));
    }

    private static Value logits(Model model, long batch, boolean training) {
        Context context = new Context(new GraphBuilder(), training);
        return model.logits(context, context.graph().input("images", model.inputType(batch)));
    }

    @Test
    void namesParametersAsTheFileDoesAndLeavesTheSoftmaxOut() {
        OnnxNetwork network = OnnxNetwork.of("small", small(value("x", "N", 3, 8, 6), "shape", -1, 96));
        assertEquals(IMAGE, network.input());
        assertEquals(7, network.classes());
        Parameters parameters = network.model().parameters();
        assertEquals(List.of("conv.w", "bn.scale", "bn.bias", "bn.mean", "bn.var", "fc.w", "fc.b"), parameters.names());
        assertTrue(parameters.trainable("bn.scale"));
        assertFalse(parameters.trainable("bn.mean"));
        assertEquals(0.5, parameters.initial("fc.w", 3).get(95, 6));
        Value logits = logits(network.model(), 5, false);
        assertEquals(Shape.of(5, 7), logits.shape());
        assertEquals("add", logits.node().op().name());
        assertEquals("ONNX file of test 1", network.info().source());
    }

    @Test
    void takesAnyBatchThoughItWasSavedForOne() {
        OnnxNetwork network = OnnxNetwork.of("one", small(value("x", 1, 3, 8, 6), "shape", 1, 96));
        assertEquals(Shape.of(32, 7), logits(network.model(), 32, false).shape());
        assertEquals(Shape.of(1, 7), logits(network.model(), 1, true).shape());
    }

    @Test
    void normalisesByTheBatchInTraining() {
        OnnxNetwork network = OnnxNetwork.of("small", small(value("x", "N", 3, 8, 6), "shape", -1, 96));
        assertTrue(dot(network.model(), true).contains("ema"));
        assertFalse(dot(network.model(), false).contains("ema"));
    }

    private static String dot(Model model, boolean training) {
        Context context = new Context(new GraphBuilder(), training);
        context.graph().output("y", model.logits(context, context.graph().input("images", model.inputType(4))));
        return context.graph().build().toDot();
    }

    @Test
    void getsANewHeadForOtherClasses() {
        Model model = OnnxNetwork.of("small", small(value("x", "N", 3, 8, 6), "shape", -1, 96)).model(IMAGE, 2);
        assertEquals(List.of("conv.w", "bn.scale", "bn.bias", "bn.mean", "bn.var", "head.weight", "head.bias"), model.parameters().names());
        assertEquals(Shape.of(2, 96), model.parameters().type("head.weight").shape());
        assertInstanceOf(MatMul.class, logits(model, 3, true).node().op());
    }

    @Test
    void turnsImagesForModelsThatHaveChannelsLast() {
        OnnxModel last = model(value("x", "N", 8, 6, 3), value("y", "N", 8 * 6 * 3), Map.of(),
                node("Flatten", List.of("x"), "y", Map.of()));
        OnnxNetwork network = OnnxNetwork.of("last", last);
        assertEquals(IMAGE, network.input());
        assertEquals(8 * 6 * 3, network.classes());
        assertEquals("transpose", logits(network.model(), 2, false).root().node().op().name());
    }

    @Test
    void takesVectors() {
        OnnxModel vectors = model(value("x", "N", 12), value("y", "N", 5), Map.of("w", tensor(12, 5)),
                node("MatMul", List.of("x", "w"), "y", Map.of()));
        assertEquals(Shape.of(12, 1, 1), OnnxNetwork.of("vectors", vectors).input());
    }

    @Test
    void saysWhatIsWrong() {
        assertRefused("model \"a\": takes 2 inputs [x: float32 [N, 3], z: float32 [N, 3]], needs one, images.",
                new OnnxModel(8, "", Map.of("", 13L), new OnnxGraph("g", List.of(), Map.of(),
                        List.of(value("x", "N", 3), value("z", "N", 3)), List.of()), List.of(), Map.of()), "a");
        assertRefused("model \"b\": input is x: float32 [N, 3, H, W], which leaves extents open. Give the images' shape, e.g. --input "
                + "3,224,224.", small(value("x", "N", 3, "H", "W"), "shape", -1, 96), "b");
        assertRefused("model \"c\": input is x: float32 [N, 3, 8], needs images [N, C, H, W] or vectors [N, D].",
                small(value("x", "N", 3, 8), "shape", -1, 96), "c");
        assertRefused("model \"d\": Reshape \"f\": shape [1, 95] has 95 elements, input [1, 4, 6, 4] has 96.",
                small(value("x", "N", 3, 8, 6), "shape", 1, 95), "d");
        assertRefused("model \"e\": gives float32 [1, 2, 6] for 1 images, needs scores [N, classes].",
                model(value("x", "N", 2, 6, 1), value("y"), Map.of("s", Tensor.of(new long[] {0, 2, 6}, 3)),
                        node("Reshape", List.of("x", "s"), "y", Map.of())), "e");
        OnnxNetwork network = OnnxNetwork.of("f", small(value("x", "N", 3, 8, 6), "shape", -1, 96));
        assertEquals("model \"f\": takes images [3, 8, 6], the data are [1, 28, 28]. Resize them, e.g. --image-size 8x6.",
                assertThrows(GraphException.class, () -> network.model(Shape.of(1, 28, 28), 7)).getMessage());
        OnnxNetwork pooled = OnnxNetwork.of("g", model(value("x", "N", 2, 6, 5), value("y", "N", 2), Map.of(),
                node("GlobalAveragePool", List.of("x"), "y", Map.of())));
        assertEquals("model \"g\": has 2 classes, 3 are wanted, and its scores are no product with a matrix but of adaptiveAvgPool: no new "
                + "head fits. Use data of as many classes.",
                assertThrows(GraphException.class, () -> pooled.model(Shape.of(2, 6, 5), 3)).getMessage());
    }

    private static void assertRefused(String message, OnnxModel model, String name) {
        assertEquals(message, assertThrows(GraphException.class, () -> OnnxNetwork.of(name, model)).getMessage());
    }
}
