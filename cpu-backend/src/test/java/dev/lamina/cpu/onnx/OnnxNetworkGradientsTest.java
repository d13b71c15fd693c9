package dev.lamina.cpu.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.GradientCheck;
import dev.lamina.backend.GradientReport;
import dev.lamina.io.onnx.cases.OneNode;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of ONNX's network operators by all that is differentiable of what they are given. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnnxNetworkGradientsTest {
    private Backend backend;

    @BeforeAll
    void open() {
        backend = Backends.open("reference");
    }

    @AfterAll
    void close() {
        backend.close();
    }

    /** Numbers in random order, no two alike and none near 0 or a corner of an activation. */
    private static Tensor apart(long... dims) {
        int n = (int) Shape.of(dims).elements();
        int[] order = new Philox.Stream(11, n, 0).permutation(n);
        return Tensor.of(DType.FLOAT64, IntStream.of(order).mapToDouble(i -> (i - n / 2) * 0.13 + 0.041).toArray(), dims);
    }

    private static OneNode of(long version, String type, Tensor... given) {
        return OneNode.of(version, type, given);
    }

    static List<OneNode> all() {
        List<OneNode> all = new ArrayList<>();
        for (String type : List.of("Elu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "Relu", "Selu", "Shrink", "Sigmoid",
                "Softplus", "Softsign", "Swish", "Tanh", "ThresholdedRelu")) {
            all.add(of(24, type, apart(4, 6)));
        }
        all.add(of(12, "Celu", apart(4, 6)).with("alpha", 0.5));
        all.add(of(20, "Gelu", apart(4, 6)).with("approximate", "tanh"));
        all.add(of(16, "PRelu", apart(2, 3, 2), apart(3, 1)));
        all.add(of(11, "Conv", apart(2, 4, 6), apart(2, 2, 3), apart(2)).with("group", 2).with("pads", new long[] {3, 1}));
        all.add(of(11, "Conv", apart(1, 2, 3, 3, 2), apart(2, 2, 2, 2, 2), apart(2)).with("pads", new long[] {1, 0, 0, 0, 1, 1}));
        all.add(of(11, "ConvTranspose", apart(1, 4, 3), apart(4, 1, 3), apart(2)).with("group", 2).with("strides", new long[] {2})
                .with("output_padding", new long[] {1}));
        all.add(of(11, "ConvTranspose", apart(1, 2, 2, 2, 2), apart(2, 1, 2, 2, 3), apart(1)).with("strides", new long[] {2, 1, 1})
                .with("pads", new long[] {1, 0, 1, 0, 0, 0}));
        all.add(of(12, "MaxPool", apart(1, 2, 4, 3)).with("kernel_shape", new long[] {3, 2}).with("pads", new long[] {2, 1, 2, 1}));
        all.add(of(12, "MaxPool", apart(1, 2, 3, 3, 3)).with("kernel_shape", new long[] {2, 2, 2}));
        all.add(of(11, "AveragePool", apart(1, 2, 4, 3)).with("kernel_shape", new long[] {3, 2}).with("pads", new long[] {2, 1, 2, 1})
                .with("strides", new long[] {2, 2}).with("ceil_mode", 1));
        all.add(of(11, "AveragePool", apart(1, 2, 3, 3, 3)).with("kernel_shape", new long[] {2, 2, 2}).with("count_include_pad", 1));
        all.add(of(18, "LpPool", apart(1, 2, 4)).with("kernel_shape", new long[] {2}).with("p", 3));
        all.add(of(2, "GlobalLpPool", apart(1, 2, 4)));
        all.add(of(1, "GlobalMaxPool", apart(1, 2, 4, 3)));
        all.add(of(1, "GlobalAveragePool", apart(1, 2, 4, 3)));
        all.add(of(15, "BatchNormalization", apart(3, 2, 4), apart(2), apart(2), apart(2), Tensor.of(new double[] {1.5, 2.5}, 2)));
        all.add(of(15, "BatchNormalization", apart(3, 2, 4), apart(2), apart(2)).holding(apart(2), apart(2)).with("training_mode", 1));
        all.add(of(6, "InstanceNormalization", apart(2, 3, 5), apart(3), apart(3)));
        all.add(of(18, "GroupNormalization", apart(2, 4, 3), apart(2), apart(2)).with("num_groups", 2));
        all.add(of(21, "GroupNormalization", apart(2, 4, 3), apart(4), apart(4)).with("num_groups", 2));
        all.add(of(17, "LayerNormalization", apart(2, 3, 4), apart(3, 4), apart(4)).with("axis", 1));
        all.add(of(23, "RMSNormalization", apart(2, 3, 4), apart(4)));
        all.add(of(13, "MeanVarianceNormalization", apart(2, 3, 4, 2)));
        all.add(of(22, "LpNormalization", apart(2, 3, 4)).with("axis", 1));
        all.add(of(22, "LpNormalization", apart(2, 3, 4)).with("p", 1));
        all.add(of(13, "LRN", apart(2, 5, 3)).with("size", 3).with("alpha", 0.5));
        all.add(of(13, "LogSoftmax", apart(2, 3, 4)).with("axis", 1));
        all.add(of(11, "Softmax", apart(2, 3, 4)).with("axis", 1));
        all.add(of(13, "Gemm", apart(3, 2), apart(4, 3), apart(2, 1)).with("transA", 1).with("transB", 1).with("alpha", 0.5)
                .with("beta", 2.0));
        all.add(of(13, "Gemm", apart(2, 3), apart(3, 4), apart(4)));
        all.add(of(13, "MatMul", apart(2, 1, 3, 4), apart(5, 4, 2)));
        all.add(of(13, "MatMul", apart(4), apart(2, 4, 3)));
        Tensor none = Tensor.zeros(DType.FLOAT32, Shape.of(0));
        Tensor scales = Tensor.of(new float[] {1, 1, 0.6f, 1.7f}, 4);
        for (String mode : List.of("nearest", "linear", "cubic")) {
            all.add(of(18, "Resize", apart(1, 2, 5, 4)).holding(none, scales).with("mode", mode).with("antialias",
                    mode.equals("nearest") ? 0 : 1));
        }
        return all;
    }

    private GradientReport check(OneNode node, List<GradientCheck.Argument> arguments) {
        return new GradientCheck(backend, 5).check(arguments, (graph, values) ->
                List.copyOf(OnnxImport.values(graph, node.add(graph, values, Weights.CONSTANTS, false), Weights.CONSTANTS).values()));
    }

    @ParameterizedTest
    @MethodSource("all")
    void gradientsAreThoseOfTheFunction(OneNode node) {
        List<GradientCheck.Argument> arguments = IntStream.range(0, node.given().size())
                .mapToObj(i -> GradientCheck.Argument.of("x" + i, node.given().get(i))).toList();
        GradientReport report = check(node, arguments);
        assertTrue(report.passed(), report::toString);
    }

    static List<OneNode> losses() {
        Tensor labels = Tensor.of(new long[] {0, 2, 1, 1}, 2, 2);
        List<OneNode> all = new ArrayList<>();
        for (String type : List.of("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss")) {
            for (String reduction : List.of("mean", "sum", "none")) {
                OneNode node = of(13, type, apart(2, 3, 2), labels).with("reduction", reduction);
                all.add(node);
                all.add(node.with("ignore_index", 2).holding(Tensor.of(new double[] {1, 2, 3}, 3)));
            }
        }
        all.add(of(13, "SoftmaxCrossEntropyLoss", apart(2, 3, 2), labels).giving(2));
        return all;
    }

    @ParameterizedTest
    @MethodSource("losses")
    void gradientsOfLosses(OneNode node) {
        GradientReport report = check(node, List.of(GradientCheck.Argument.of("x0", node.given().get(0)),
                GradientCheck.Argument.fixed("x1", node.given().get(1))));
        assertTrue(report.passed(), report::toString);
    }
}
