package dev.lamina.io.onnx.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxGraph;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OnnxExportTest {
    /** Weights that the graphs below may ask for. */
    private static final Map<String, Tensor> WEIGHTS = Map.of("w", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
            "b", Tensor.of(new float[] {7, 8}), "filter", Tensor.zeros(DType.FLOAT32, Shape.of(4, 1, 3, 3)));

    private static Value variable(GraphBuilder graph, String name) {
        Tensor tensor = WEIGHTS.get(name);
        return graph.variable(name, new TensorType(tensor.dtype(), tensor.shape()), true);
    }

    /** The model of a graph with input x of these extents behind the batch and output y. */
    private static OnnxModel export(BiFunction<Value, Long, Value> body, long... sample) {
        return OnnxExport.model(n -> graph(body, n, sample), WEIGHTS,
                new OnnxExport.Settings("test", "lamina 1", List.of("y"), Map.of("k", "v")));
    }

    private static Graph graph(BiFunction<Value, Long, Value> body, long n, long... sample) {
        GraphBuilder graph = new GraphBuilder();
        long[] dims = new long[sample.length + 1];
        dims[0] = n;
        System.arraycopy(sample, 0, dims, 1, sample.length);
        graph.output("y", body.apply(graph.input("x", TensorType.of(DType.FLOAT32, dims)), n));
        return graph.build();
    }

    private static OnnxGraph exported(BiFunction<Value, Long, Value> body, long... sample) {
        return export(body, sample).graph();
    }

    /** Operators, each with its operands and results: {@code Add(a, b) c}. */
    private static String text(OnnxGraph graph) {
        return graph.nodes().stream().map(n -> n.type() + "(" + String.join(", ", n.inputs()) + ") " + String.join(", ", n.outputs()))
                .collect(Collectors.joining("; "));
    }

    private static long[] longs(OnnxNode node, String attribute) {
        return ((OnnxAttribute.Integers) node.attributes().get(attribute)).values().stream().mapToLong(Long::longValue).toArray();
    }

    @Test
    void namesAreThoseOfTheGraph() {
        OnnxModel model = export((x, _) -> {
            Value w = variable(x.graph(), "w");
            Value b = variable(x.graph(), "b");
            Value hidden = x.graph().name("fc").add(new MatMul(false, true), x, w, b);
            return Pointwise.relu(hidden);
        }, 3);
        assertEquals("Gemm(x, w, b) fc; Relu(fc) y", text(model.graph()));
        assertEquals(List.of("fc", "relu"), model.graph().nodes().stream().map(OnnxNode::name).toList());
        assertEquals("[x: float32 [N, 3]]", model.graph().inputs().toString());
        assertEquals("[y: float32 [N, 2]]", model.graph().outputs().toString());
        assertEquals(List.of("w", "b"), List.copyOf(model.graph().initializers().keySet()));
        assertArrayEquals(WEIGHTS.get("w").toFloats(), model.graph().initializers().get("w").toFloats());
        assertEquals(new OnnxAttribute.Integer(1), model.graph().nodes().getFirst().attributes().get("transB"));
        assertEquals(8, model.irVersion());
        assertEquals(Map.of("", 17L), model.versions());
        assertEquals("lamina 1", model.producer());
        assertEquals(Map.of("k", "v"), model.metadata());
    }

    @Test
    void outputsThatAreOtherNamesOfAValue() {
        assertEquals("Identity(x) y", text(exported((x, _) -> x, 3)));
        assertEquals("Relu(x) y_1; Abs(y_1) y", text(exported((x, _) -> {
            x.graph().name("y");
            return Pointwise.abs(Pointwise.relu(x));
        }, 3)));
        GraphBuilder graph = new GraphBuilder();
        Value x = graph.input("x", TensorType.of(DType.FLOAT32, 2));
        Graph twice = graph.output("a", Pointwise.relu(x)).build();
        Graph named = twice.withOutputs(Map.of("b", twice.output("a")));
        assertEquals("Relu(x) a; Identity(a) b", text(OnnxExport.model(_ -> named, Map.of(),
                new OnnxExport.Settings("g", "", List.of("a", "b"), Map.of())).graph()));
    }

    @Test
    void theBatchStaysFreeInShapes() {
        OnnxGraph flat = exported((x, _) -> Shaping.flatten(x), 2, 3);
        assertEquals("Reshape(x, reshape/shape) y", text(flat));
        assertArrayEquals(new long[] {-1, 6}, flat.initializers().get("reshape/shape").toLongs());

        OnnxGraph joined = exported((x, n) -> Shaping.reshape(x, Shape.of(2 * n, 3)), 2, 3);
        assertEquals("[y: float32 [2*N, 3]]", joined.outputs().toString());

        OnnxGraph sliced = exported((x, _) -> Shaping.slice(x, 1, 1, 3), 3);
        assertArrayEquals(new long[] {Long.MAX_VALUE, 3}, sliced.initializers().get("slice/ends").toLongs());
    }

    /** Where one -1 does not do, the batch is taken from the input's shape. */
    @Test
    void theBatchIsComputedWhereItIsNeeded() {
        OnnxGraph stretched = exported((x, n) -> x.plus(Shaping.broadcastTo(variable(x.graph(), "b"), Shape.of(n, 2))), 2);
        assertEquals("Shape(x) x/batch; Concat(x/batch, broadcastTo/extent1) broadcastTo/shape; Expand(b, broadcastTo/shape) broadcastTo; "
                + "Add(x, broadcastTo) y", text(stretched));
        OnnxGraph filled = exported((x, n) -> x.plus(Source.fill(x.graph(), TensorType.of(DType.FLOAT32, n, 3), 2)), 3);
        assertEquals("Shape(x) x/batch; Concat(x/batch, fill/extent1) fill/shape; ConstantOfShape(fill/shape) fill; Add(x, fill) y",
                text(filled));
        OnnxGraph squared = exported((x, n) -> Shaping.broadcastTo(Shaping.reshape(x, Shape.of(n, 1, 3)), Shape.of(n, 2 * n, 3)), 3);
        assertEquals("Reshape(x, reshape/shape) reshape; Shape(x) x/batch; Mul(x/batch, broadcastTo/times1) broadcastTo/free1; "
                + "Concat(x/batch, broadcastTo/free1, broadcastTo/extent2) broadcastTo/shape; Expand(reshape, broadcastTo/shape) y",
                text(squared));
    }

    @Test
    void windowsAreWrittenAsPadding() {
        Window window = Window.of(3, 2).stride(2, 1).padding(1, 0, 0, 1).dilation(1, 2);
        OnnxNode conv = exported((x, _) -> Convolution.conv2d(x, Shaping.slice(variable(x.graph(), "filter"), 3, 0, 2), window, 2), 2, 7, 7)
                .nodes().getLast();
        assertArrayEquals(new long[] {3, 2}, longs(conv, "kernel_shape"));
        assertArrayEquals(new long[] {2, 1}, longs(conv, "strides"));
        assertArrayEquals(new long[] {1, 2}, longs(conv, "dilations"));
        assertArrayEquals(new long[] {1, 0, 0, 1}, longs(conv, "pads"));
        assertEquals(new OnnxAttribute.Integer(2), conv.attributes().get("group"));
        // 8 + 1 - 3 = 6 = 3 strides: 4 windows fit exactly; 7 + 1 - 3 = 5: the fourth hangs over by 1.
        Window ceil = Window.of(3).stride(2).padding(1, 1, 0, 0).rounding(Rounding.CEIL);
        assertArrayEquals(new long[] {1, 1, 0, 1}, longs(exported((x, _) -> Pooling.maxPool(x, ceil), 1, 8, 7).nodes().getLast(), "pads"));
        // Padding counts, what hangs over does not: the third window begins at 6 of 1 + 6 + 1 and needs 1 more.
        Window padded = Window.of(3).stride(3).padding(1).rounding(Rounding.CEIL);
        OnnxGraph average = exported((x, _) -> Pooling.avgPool(x, padded), 1, 6, 6);
        assertEquals("Pad(x, avgPool/pads) avgPool/padded; AveragePool(avgPool/padded) y", text(average));
        assertArrayEquals(new long[] {0, 0, 1, 1}, longs(average.nodes().getLast(), "pads"));
        assertEquals(new OnnxAttribute.Integer(0), average.nodes().getLast().attributes().get("count_include_pad"));
    }

    /** ONNX multiplies the sum of squares by alpha / size. */
    @Test
    void alphaOfLocalResponseNormalisationIsDivided() {
        OnnxNode own = exported((x, _) -> Normalization.lrn(x, new Normalization.Lrn(5, 1e-4, 0.75, 2, false)), 8, 1, 1).nodes().getFirst();
        assertEquals(new OnnxAttribute.Number(5e-4f), own.attributes().get("alpha"));
        assertEquals(new OnnxAttribute.Number(2), own.attributes().get("bias"));
        OnnxNode divided = exported((x, _) -> Normalization.lrn(x, new Normalization.Lrn(5, 1e-4, 0.75, 2, true)), 8, 1, 1).nodes()
                .getFirst();
        assertEquals(new OnnxAttribute.Number(1e-4f), divided.attributes().get("alpha"));
    }

    @Test
    void whatNoOutputNeedsIsLeftOut() {
        Graph graph = graph((x, _) -> Pointwise.relu(x), 2, 3);
        Graph more = graph.withOutputs(Map.of("z", graph.inputs().getFirst()));
        assertEquals("Relu(x) y", text(OnnxExport.model(_ -> more, Map.of(),
                new OnnxExport.Settings("g", "", List.of("y"), Map.of())).graph()));
    }

    private static void refused(String message, BiFunction<Value, Long, Value> body, long... sample) {
        assertEquals("onnx: " + message, assertThrows(GraphException.class, () -> export(body, sample)).getMessage());
    }

    @Test
    void whatOnnxLacksIsRefusedByName() {
        refused("dropout \"dropout\": ONNX has no random numbers by Lamina's convention. Build the graph for inference.",
                (x, _) -> Random.dropout(x, 0.5), 3);
        refused("assign \"assign\": a model for inference changes no variable. Build the graph for inference.",
                (x, _) -> x.plus(Reduction.sum(Update.assign(variable(x.graph(), "b"), Reduction.sum(x, 0)))), 2);
        refused("avgPool \"avgPool\": dilation is 2 x 2, AveragePool has none in operator set 17.",
                (x, _) -> Pooling.avgPool(x, Window.of(2).dilation(2)), 1, 5, 5);
        refused("maxPool \"maxPool\": its winners are needed, which ONNX numbers by their place among all images, Lamina by that in the "
                + "map.", (x, _) -> Pooling.maxPoolWithIndices(x, Window.of(2)).output(1), 1, 5, 5);
        refused("pad \"pad\": it pads by [0, 1] between elements, ONNX around them only.",
                (x, _) -> x.graph().add(new Shaping.Pad(List.of(0L, 0L), List.of(0L, 0L), List.of(0L, 1L), 0), x), 3);
        refused("variable \"other\" has no tensor; there are 3 others. Are these the weights of another model?",
                (x, _) -> x.plus(x.graph().variable("other", TensorType.of(DType.FLOAT32, 3), true)), 3);
        refused("variable \"b\": the tensor is float32 [2], needs float32 [3]. Are these the weights of another model?",
                (x, _) -> x.plus(x.graph().variable("b", TensorType.of(DType.FLOAT32, 3), true)), 3);
    }

    @Test
    void graphsThatChangeWithTheBatchAreRefused() {
        String end = "; graphs that differ by more than extents cannot be one model.";
        refused("fill \"fill\": it is Fill[type=float32 [], value=0.5], and Fill[type=float32 [], value=0.3333333333333333] for a batch "
                + "of 3" + end, (x, n) -> Reduction.sum(x, 0).times(1.0 / n), 3);
        refused("relu \"a\": it is Unary[function=RELU], and Unary[function=ABS] for a batch of 3" + end, (x, n) -> {
            x.graph().name("a");
            return n == 2 ? Pointwise.relu(x) : Pointwise.abs(x);
        }, 3);
        refused("relu \"relu\": the graph for a batch of 3 has no such node" + end,
                (x, n) -> n == 2 ? Pointwise.relu(x).times(x) : x.times(x), 3);
        refused("output \"y\" has the name of an input, a variable or another output, which ONNX does not allow. Name it otherwise.",
                (x, n) -> x.graph().input("y", TensorType.of(DType.FLOAT32, n)), 3);
        refused("slice \"slice\": axis 0 of its result has extent 1, and 2 for a batch of 3, which is no multiple of the batch" + end,
                (x, n) -> Shaping.slice(x, 0, 1, n), 3);
    }
}
