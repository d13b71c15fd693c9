package dev.lamina.cpu.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.cases.OneNode;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Forms of ONNX's network operators that no case of its suite here has, against numbers worked by hand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnnxNetworkOperatorsTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;
    private static final Weights VARIABLES = (graph, name, value, statistic) ->
            graph.variable(name, new TensorType(value.dtype(), value.shape()), !statistic);
    private Backend backend;

    @BeforeAll
    void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    void close() {
        backend.close();
    }

    private static Tensor counting(DType dtype, long... dims) {
        double[] values = IntStream.rangeClosed(1, (int) Shape.of(dims).elements()).asDoubleStream().toArray();
        return Tensor.of(dtype, values, dims);
    }

    private static Tensor counting(long... dims) {
        return counting(DType.FLOAT32, dims);
    }

    private static Tensor ones(long... dims) {
        return Tensor.full(DType.FLOAT32, Shape.of(dims), 1);
    }

    private void gives(OneNode node, double... values) {
        assertArrayEquals(values, node.run(backend).getFirst().toDoubles(), 1e-6);
    }

    @Test
    void positionsOfMaximaCountOverTheWholeTensor() {
        List<Tensor> rows = OneNode.of(12, "MaxPool", counting(2, 1, 4, 4)).giving(2).with("kernel_shape", new long[] {2, 2})
                .with("strides", new long[] {2, 2}).run(backend);
        assertArrayEquals(new double[] {6, 8, 14, 16, 22, 24, 30, 32}, rows.get(0).toDoubles());
        assertEquals(DType.INT64, rows.get(1).dtype());
        assertArrayEquals(new long[] {5, 7, 13, 15, 21, 23, 29, 31}, rows.get(1).toLongs());
    }

    @Test
    void positionsOfMaximaCountDownColumnsIfTheModelSaysSo() {
        List<Tensor> columns = OneNode.of(12, "MaxPool", counting(1, 2, 2, 3)).giving(2).with("kernel_shape", new long[] {2, 2})
                .with("storage_order", 1).run(backend);
        // Map [[1, 2, 3], [4, 5, 6]]: 5 is number 3 down the columns, 6 number 5.
        assertArrayEquals(new long[] {3, 5, 9, 11}, columns.get(1).toLongs());
    }

    @Test
    void paddingMayExceedHalfOfTheKernel() {
        List<Tensor> max = OneNode.of(12, "MaxPool", counting(1, 1, 2, 3)).giving(2).with("kernel_shape", new long[] {2, 2})
                .with("pads", new long[] {0, 2, 0, 0}).run(backend);
        assertArrayEquals(new double[] {-INFINITY, 4, 5, 6}, max.get(0).toDoubles());
        assertArrayEquals(new long[] {3, 4, 5}, Arrays.copyOfRange(max.get(1).toLongs(), 1, 4));
        OneNode mean = OneNode.of(11, "AveragePool", counting(1, 1, 3)).with("kernel_shape", new long[] {3})
                .with("pads", new long[] {2, 2});
        gives(mean, 1, 1.5, 2, 2.5, 3);
        gives(mean.with("count_include_pad", 1), 1 / 3.0, 1, 2, 5 / 3.0, 1);
    }

    @Test
    void wholeNumbersArePooledExactly() {
        Tensor x = Tensor.of(new int[] {-2_000_000_001, -2_000_000_002, 7}, 1, 1, 3);
        List<Tensor> y = OneNode.of(12, "MaxPool", x).with("kernel_shape", new long[] {2}).run(backend);
        assertEquals(DType.INT32, y.getFirst().dtype());
        assertArrayEquals(new long[] {-2_000_000_001, 7}, y.getFirst().toLongs());
    }

    @Test
    void anUnpooledValueGoesToItsPlaceInTheWholeTensor() {
        gives(OneNode.of(11, "MaxUnpool", counting(1, 2, 1, 1), Tensor.of(new long[] {3, 4}, 1, 2, 1, 1)).with("kernel_shape",
                new long[] {2, 2}).with("strides", new long[] {2, 2}), 0, 0, 0, 1, 2, 0, 0, 0);
    }

    @Test
    void normsOverWindows() {
        OneNode node = OneNode.of(18, "LpPool", Tensor.of(new float[] {3, -4, 0}, 1, 1, 3)).with("kernel_shape", new long[] {2});
        gives(node, 5, 4);
        gives(node.with("p", 1), 7, 4);
        gives(node.with("p", 1).with("ceil_mode", 1).with("strides", new long[] {2}), 7, 0);
        gives(OneNode.of(2, "GlobalLpPool", Tensor.of(new float[] {3, -4, 0}, 1, 1, 3)).with("p", 3), Math.cbrt(27 + 64));
    }

    @Test
    void aTransposedConvolutionMayReachBeyondItsTaps() {
        OneNode node = OneNode.of(11, "ConvTranspose", counting(1, 1, 2)).holding(ones(1, 1, 2));
        gives(node, 1, 3, 2);
        gives(node.with("strides", new long[] {3}).with("output_padding", new long[] {2}), 1, 1, 0, 2, 2, 0, 0);
        gives(node.with("auto_pad", "SAME_UPPER"), 1, 3);
        gives(node.with("auto_pad", "SAME_LOWER"), 3, 2);
        gives(node.with("output_shape", new long[] {5}), 1, 3, 2, 0, 0);
    }

    @Test
    void aConvolutionInDepthAndItsAdjointAgree() {
        // <y, conv(x)> = <adjoint(y), x> with a filter that has no symmetry.
        Tensor x = counting(1, 2, 5, 3, 3);
        double[] weights = IntStream.range(0, 4 * 2 * 2 * 2).mapToDouble(i -> (i * 7 % 5) - 2).toArray();
        Tensor filter = Tensor.of(DType.FLOAT32, weights, 4, 1, 2, 2, 2);
        OneNode conv = OneNode.of(11, "Conv", x).holding(filter).with("group", 2).with("strides", new long[] {2, 1, 1})
                .with("pads", new long[] {1, 0, 1, 0, 1, 0}).with("dilations", new long[] {2, 1, 1});
        Tensor forward = conv.run(backend).getFirst();
        assertEquals(Shape.of(1, 4, 2, 3, 3), forward.shape());
        Tensor y = counting(forward.shape().toArray());
        Tensor adjoint = new OneNode(11, "ConvTranspose", List.of(y), List.of(filter), 1, conv.attributes()).run(backend).getFirst();
        assertEquals(Shape.of(1, 2, 4, 3, 3), adjoint.shape());
        // The convolution leaves the last plane out, so that the adjoint lacks it.
        double product = 0;
        for (int c = 0; c < 2; c++) {
            for (int i = 0; i < 4 * 9; i++) {
                product += adjoint.toDoubles()[c * 36 + i] * x.toDoubles()[c * 45 + i];
            }
        }
        double expected = IntStream.range(0, (int) y.elements()).mapToDouble(i -> y.toDoubles()[i] * forward.toDoubles()[i]).sum();
        assertEquals(expected, product, 1e-6 * Math.abs(expected));
    }

    @Test
    void olderFormsOfNormalisation() {
        Tensor x = Tensor.of(new float[] {1, 3, 2, 6}, 1, 4, 1);
        OneNode group = OneNode.of(18, "GroupNormalization", x).with("num_groups", 2).with("epsilon", 0.0);
        gives(group.holding(Tensor.of(new float[] {1, 10}, 2), Tensor.of(new float[] {0, 5}, 2)), -1, 1, -5, 15);
        // Statistics of every element: (x - mean) / sqrt(4) * 2 + 1.
        OneNode each = OneNode.of(7, "BatchNormalization", Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2)).with("spatial", 0)
                .with("epsilon", 0.0).holding(Tensor.full(DType.FLOAT32, Shape.of(1, 2, 2), 2), ones(1, 2, 2), ones(1, 2, 2),
                        Tensor.full(DType.FLOAT32, Shape.of(1, 2, 2), 4));
        gives(each, 1, 2, 3, 4);
    }

    @Test
    void statisticsOfHalfPrecisionAreThoseOfFloat32() {
        Tensor x = Tensor.of(DType.FLOAT16, new double[] {1000, 1002}, 1, 2);
        List<Tensor> y = OneNode.of(17, "LayerNormalization", x).holding(Tensor.full(DType.FLOAT16, Shape.of(2), 1)).giving(3)
                .with("epsilon", 0.0).run(backend);
        assertArrayEquals(new double[] {-1, 1}, y.get(0).toDoubles());
        assertEquals(DType.FLOAT16, y.get(0).dtype());
        assertEquals(DType.FLOAT32, y.get(1).dtype());
        assertArrayEquals(new double[] {1001}, y.get(1).toDoubles());
        assertArrayEquals(new double[] {1}, y.get(2).toDoubles());
    }

    @Test
    void productsOfWholeNumbers() {
        Tensor a = Tensor.of(new int[] {1 << 20, 1, 2, 3}, 2, 2);
        OneNode node = OneNode.of(13, "Gemm", a, a).with("transB", 1).holding(Tensor.of(new int[] {5, 6}, 2));
        Tensor b = Tensor.of(new int[] {1, 2, 3, 4}, 2, 2);
        List<Tensor> y = new OneNode(13, "Gemm", List.of(a, b), node.initializers(), 1, node.attributes()).run(backend);
        assertEquals(DType.INT32, y.getFirst().dtype());
        assertArrayEquals(new long[] {(1 << 20) + 2 + 5, (3 << 20) + 4 + 6, 2 + 6 + 5, 6 + 12 + 6}, y.getFirst().toLongs());
    }

    @Test
    void upsamplingRepeatsAndInterpolates() {
        OneNode node = OneNode.of(7, "Upsample", Tensor.of(new float[] {1, 3}, 1, 1, 1, 2)).with("scales", new double[] {1, 1, 2, 2});
        gives(node, 1, 1, 3, 3, 1, 1, 3, 3);
        gives(node.with("mode", "linear"), 1, 2, 3, 3, 1, 2, 3, 3);
    }

    @Test
    void labelsThatAreIgnoredCountForNothing() {
        Tensor x = Tensor.of(new float[] {-1, -2, -4, -8}, 2, 2);
        OneNode node = OneNode.of(13, "NegativeLogLikelihoodLoss", x, Tensor.of(new long[] {1, -1}, 2)).with("ignore_index", -1);
        gives(node, 2);
        gives(node.holding(Tensor.of(new float[] {10, 3}, 2)), 2);
        gives(node.holding(Tensor.of(new float[] {10, 3}, 2)).with("reduction", "sum"), 6);
    }

    @Test
    void inTrainingABatchIsNormalisedByItselfAndMovesTheStatistics() {
        Tensor x = Tensor.of(new float[] {1, 3, 5, 7}, 4, 1);
        OneNode node = OneNode.of(15, "BatchNormalization", x).holding(ones(1), ones(1), Tensor.of(new float[] {8}, 1),
                Tensor.of(new float[] {2}, 1)).with("epsilon", 0.0).with("momentum", 0.75);
        GraphBuilder graph = new GraphBuilder();
        Map<String, Value> values = OnnxImport.values(graph, node.add(graph, VARIABLES, true), VARIABLES);
        values.forEach(graph::output);
        Graph built = graph.build();
        try (Executable executable = backend.compile(built, CompileOptions.defaults());
                State state = backend.createState(built.variables())) {
            for (int i = 0; i < 4; i++) {
                state.set("x" + (i + 1), node.initializers().get(i));
            }
            executable.run(state, Map.of("x0", x));
            double root = Math.sqrt(5);
            double[] expected = {1 - 3 / root, 1 - 1 / root, 1 + 1 / root, 1 + 3 / root};
            assertArrayEquals(expected, executable.read("y0").toDoubles(), 1e-6);
            // Mean 4; variance 5, unbiased 20 / 3.
            assertEquals(0.75 * 8 + 0.25 * 4, state.get("x3").item(), 1e-6);
            assertEquals(0.75 * 2 + 0.25 * 20 / 3, state.get("x4").item(), 1e-6);
        }
        assertEquals(List.of("x1", "x2"), graph.trainable().stream().map(Value::name).toList());
    }

    @Test
    void inTrainingDropoutDrops() {
        Tensor x = ones(1000);
        GraphBuilder graph = new GraphBuilder();
        OneNode node = OneNode.of(10, "Dropout", x).giving(2).with("ratio", 0.25);
        OnnxImport.values(graph, node.add(graph, Weights.CONSTANTS, true), Weights.CONSTANTS).forEach(graph::output);
        Graph built = graph.build();
        try (Executable executable = backend.compile(built, CompileOptions.defaults());
                State state = backend.createState(built.variables())) {
            executable.run(state, Map.of("x0", x));
            double[] y = executable.read("y0").toDoubles();
            double[] mask = executable.read("y1").toDoubles();
            IntStream.range(0, y.length).forEach(i -> assertEquals(mask[i] == 0 ? 0 : 1 / 0.75, y[i], 1e-6));
            // 750 are expected, with a deviation of 14.
            assertEquals(750, Arrays.stream(mask).sum(), 56);
        }
    }
}
