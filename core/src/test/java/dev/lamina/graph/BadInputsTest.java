package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A table of graphs that cannot be, each with the exact message. The offending node is named "n" where it can be. */
class BadInputsTest {
    private static final Map<String, Consumer<GraphBuilder>> TABLE = new LinkedHashMap<>();

    private static Value f(GraphBuilder g, long... dims) {
        return of(g, DType.FLOAT32, dims);
    }

    private static Value of(GraphBuilder g, DType dtype, long... dims) {
        g.takeName();
        Value value = Source.fill(g, TensorType.of(dtype, dims), 0);
        g.name("n");
        return value;
    }

    private static Value variable(GraphBuilder g, String name, long... dims) {
        return g.variable(name, TensorType.of(DType.FLOAT32, dims), true);
    }

    private static Node named(GraphBuilder g, Op op, Value... operands) {
        return g.name("n").addNode(op, List.of(operands));
    }

    private static void row(String message, Consumer<GraphBuilder> action) {
        if (TABLE.put(message, action) != null) {
            throw new IllegalStateException("twice in the table: " + message);
        }
    }

    static {
        convolutions();
        poolings();
        products();
        pointwise();
        normalizations();
        losses();
        shapings();
        states();
    }

    private static void convolutions() {
        row("conv2d \"n\": input has rank 3 [3, 32, 32], needs rank 4 [N, C, H, W]. Add a batch dimension.",
                g -> Convolution.conv2d(f(g, 3, 32, 32), f(g, 6, 3, 5, 5), Window.of(5), 1));
        row("conv2d \"n\": filter has rank 2 [6, 75], needs rank 4 [K, C / groups, R, S].",
                g -> Convolution.conv2d(f(g, 1, 3, 32, 32), f(g, 6, 75), Window.of(5), 1));
        row("conv2d \"n\": input has 4 channels, filter expects 3; input [1, 4, 8, 8], filter [6, 3, 5, 5].",
                g -> Convolution.conv2d(f(g, 1, 4, 8, 8), f(g, 6, 3, 5, 5), Window.of(5), 1));
        row("conv2d \"n\": input has 6 channels, filter expects 4 (2 groups of 2); input [1, 6, 8, 8], filter [4, 2, 3, 3].",
                g -> Convolution.conv2d(f(g, 1, 6, 8, 8), f(g, 4, 2, 3, 3), Window.of(3), 2));
        row("conv2d \"n\": input has 5 channels, groups = 2 does not divide them; input [1, 5, 8, 8].",
                g -> Convolution.conv2d(f(g, 1, 5, 8, 8), f(g, 4, 2, 3, 3), Window.of(3), 2));
        row("conv2d \"n\": filter has 5 outputs, groups = 2 does not divide them; filter [5, 2, 3, 3].",
                g -> Convolution.conv2d(f(g, 1, 4, 8, 8), f(g, 5, 2, 3, 3), Window.of(3), 2));
        row("conv2d \"n\": groups = 0, needs >= 1.", g -> Convolution.conv2d(f(g, 1, 4, 8, 8), f(g, 4, 4, 3, 3), Window.of(3), 0));
        row("conv2d \"n\": filter is 3 x 3, the window 5 x 5; filter [4, 4, 3, 3].",
                g -> Convolution.conv2d(f(g, 1, 4, 8, 8), f(g, 4, 4, 3, 3), Window.of(5), 1));
        row("conv2d \"n\": stride = 0, needs >= 1.",
                g -> Convolution.conv2d(f(g, 1, 1, 8, 8), f(g, 1, 1, 3, 3), Window.of(3).stride(0), 1));
        row("conv2d \"n\": dilation = 0, needs >= 1.",
                g -> Convolution.conv2d(f(g, 1, 1, 8, 8), f(g, 1, 1, 3, 3), Window.of(3).dilation(0), 1));
        row("conv2d \"n\": padding = -1, needs >= 0.",
                g -> Convolution.conv2d(f(g, 1, 1, 8, 8), f(g, 1, 1, 3, 3), Window.of(3).padding(-1), 1));
        row("conv2d \"n\": kernel = 0, needs >= 1.", g -> Convolution.conv2d(f(g, 1, 1, 8, 8), f(g, 1, 1, 0, 0), Window.of(0), 1));
        row("conv2d \"n\": kernel 7 (dilated 13) is larger than padded input 11.",
                g -> Convolution.conv2d(f(g, 1, 1, 11, 11), f(g, 1, 1, 7, 7), Window.of(7).dilation(2), 1));
        row("conv2d \"n\": kernel 5 is larger than padded input 4.",
                g -> Convolution.conv2d(f(g, 1, 1, 2, 9), f(g, 1, 1, 5, 5), Window.of(5).padding(1), 1));
        row("conv2d \"n\": (7 + 0 - 3) / 3 + 1 = 2.33 is not whole (rounding EXACT). Stride 1 gives 5, "
                + "stride 2 gives 3, padding 1 gives 3.",
                g -> Convolution.conv2d(f(g, 1, 1, 7, 7), f(g, 1, 1, 3, 3), Window.of(3).stride(3).rounding(Rounding.EXACT), 1));
        row("conv2d \"n\": bias has shape [5], needs [4] (one number a filter).",
                g -> Convolution.conv2d(f(g, 1, 1, 8, 8), f(g, 4, 1, 3, 3), f(g, 5), Window.of(3), 1));
        row("conv2d \"n\": input is float32, filter is float64; both need one type. Cast one of them.",
                g -> Convolution.conv2d(f(g, 1, 1, 8, 8), of(g, DType.FLOAT64, 4, 1, 3, 3), Window.of(3), 1));
        row("conv2d \"n\": input is uint8, needs a floating-point type. Cast it first.",
                g -> Convolution.conv2d(of(g, DType.UINT8, 1, 1, 8, 8), of(g, DType.UINT8, 4, 1, 3, 3), Window.of(3), 1));
        row("conv2dDataGradient \"n\": gradient has shape [1, 4, 5, 5], needs [1, 4, 6, 6] (the shape of the convolution's output).",
                g -> Convolution.dataGradient(f(g, 1, 4, 5, 5), f(g, 4, 1, 3, 3), Window.of(3), 1, Shape.of(1, 1, 8, 8)));
        row("window: SAME padding with stride 2 and dilation 2; one of them must be 1. Give the padding as numbers.",
                _ -> Window.of(3).stride(2).dilation(2).same(8, 8));
    }

    private static void poolings() {
        row("maxPool \"n\": padding 2 exceeds half of kernel 3; a window would hold only padding.",
                g -> Pooling.maxPool(f(g, 1, 1, 8, 8), Window.of(3).padding(2)));
        row("avgPool \"n\": input has rank 2 [8, 8], needs rank 4 [N, C, H, W].", g -> Pooling.avgPool(f(g, 8, 8), Window.of(2)));
        row("maxPool \"n\": kernel 9 is larger than padded input 8.", g -> Pooling.maxPool(f(g, 1, 1, 8, 8), Window.of(9)));
        row("maxPool \"n\": input is int32, needs a floating-point type. Cast it first.",
                g -> Pooling.maxPool(of(g, DType.INT32, 1, 1, 8, 8), Window.of(2)));
        row("adaptiveAvgPool \"n\": output 0 x 1, needs at least 1 x 1.", g -> Pooling.adaptiveAvgPool(f(g, 1, 1, 8, 8), 0, 1));
        row("adaptiveAvgPool \"n\": input map is empty: [1, 1, 0, 8].", g -> Pooling.adaptiveAvgPool(f(g, 1, 1, 0, 8), 1, 1));
        row("maxUnpool \"n\": winners are int64, need int32.",
                g -> Pooling.maxUnpool(f(g, 1, 1, 2, 2), of(g, DType.INT64, 1, 1, 2, 2), 4, 4));
        row("maxUnpool \"n\": winners has shape [1, 1, 2, 3], needs [1, 1, 2, 2] (the shape of the values).",
                g -> Pooling.maxUnpool(f(g, 1, 1, 2, 2), of(g, DType.INT32, 1, 1, 2, 3), 4, 4));
    }

    private static void products() {
        row("matmul \"n\": A is [2, 3] with inner extent 3, B is [4, 5] with 4; they must be equal.",
                g -> MatMul.matmul(f(g, 2, 3), f(g, 4, 5)));
        row("matmul \"n\": A (transposed) is [2, 3] with inner extent 2, B (transposed) is [5, 3] with 3; they must be equal.",
                g -> MatMul.matmul(f(g, 2, 3), f(g, 5, 3), true, true));
        row("matmul \"n\": A has rank 1 [3], needs at least 2 [M, K].", g -> MatMul.matmul(f(g, 3), f(g, 3)));
        row("matmul \"n\": A has rank 3 [2, 3, 4], B has rank 2 [4, 5]; ranks must be equal.",
                g -> MatMul.matmul(f(g, 2, 3, 4), f(g, 4, 5)));
        row("matmul \"n\": batch axis 0 is 2 in A [2, 3, 4] and 3 in B [3, 4, 5].", g -> MatMul.matmul(f(g, 2, 3, 4), f(g, 3, 4, 5)));
        row("matmul \"n\": bias has shape [7], needs [5] (one number a column).", g -> MatMul.linear(f(g, 2, 3), f(g, 5, 3), f(g, 7)));
        row("matmul \"n\": takes 2 to 3 operands, got 1.", g -> named(g, new MatMul(false, false), f(g, 2, 3)));
        row("softmax \"n\": axis 2 is out of range for input [2, 3] of rank 2.", g -> Softmax.softmax(f(g, 2, 3), 2));
        row("reduceSum \"n\": axis 5 is out of range for input [2, 3] of rank 2.", g -> Reduction.sum(f(g, 2, 3), 5));
        row("reduceMax \"n\": axes [1] of input [2, 0] hold no element.", g -> Reduction.max(f(g, 2, 0), 1));
        row("reduceMean \"n\": input is int32, a mean needs a floating-point type. Cast it first.",
                g -> Reduction.mean(of(g, DType.INT32, 2, 3)));
        row("reduce: axes [1, -1] name an axis of [2, 3] twice.", g -> Reduction.sum(f(g, 2, 3), 1, -1));
        row("argMax \"n\": axis 1 of input [2, 0] holds no element.", g -> Reduction.argMax(f(g, 2, 0), 1));
    }

    private static void pointwise() {
        row("add \"n\": shapes [2, 3] and [2] do not broadcast: extents 3 and 2 at axis -1 differ and neither is 1.",
                g -> f(g, 2, 3).plus(f(g, 2)));
        row("multiply \"n\": first operand is float32, second operand is int32; both need one type. Cast one of them.",
                g -> f(g, 2).times(of(g, DType.INT32, 2)));
        row("divide \"n\": first operand is int32, needs a floating-point type. Cast it first.",
                g -> of(g, DType.INT32, 2).dividedBy(of(g, DType.INT32, 2)));
        row("and \"n\": operands are float32, need bool.", g -> Pointwise.binary(BinaryFunction.AND, f(g, 2), f(g, 2)));
        row("add \"n\": operands are bool, need numbers. Cast them first.", g -> of(g, DType.BOOL, 2).plus(of(g, DType.BOOL, 2)));
        row("exp \"n\": input is int64, needs a floating-point type. Cast it first.", g -> Pointwise.exp(of(g, DType.INT64, 2)));
        row("not \"n\": input is float32, needs bool. Compare it with 0 first.", g -> Pointwise.unary(UnaryFunction.NOT, f(g, 2)));
        row("abs \"n\": input is bool, needs a number. Cast it first.", g -> Pointwise.abs(of(g, DType.BOOL, 2)));
        row("where \"n\": condition is float32, needs bool.", g -> Pointwise.where(f(g, 2), f(g, 2), f(g, 2)));
        row("clip \"n\": low = 2.0, high = 1.0, needs low <= high.", g -> Pointwise.clip(f(g, 2), 2, 1));
        row("less \"n\": first operand is float32, second operand is float64; both need one type. Cast one of them.",
                g -> Pointwise.compare(Comparison.LESS, f(g, 2), of(g, DType.FLOAT64, 2)));
        row("reluGradient \"n\": gradient has shape [2], output has [3]; both need one shape.",
                g -> Pointwise.reluGradient(f(g, 2), f(g, 3), Pointwise.ReluRule.GRADIENT));
    }

    private static void normalizations() {
        row("batchNorm \"n\": gamma has shape [4], needs [3] (one number a channel of input [2, 3, 5, 5]).",
                g -> Normalization.batchNormTraining(f(g, 2, 3, 5, 5), f(g, 4), f(g, 3), 1e-5));
        row("batchNorm \"n\": input [1, 3, 1, 1] has one value per channel; training needs at least 2.",
                g -> Normalization.batchNormTraining(f(g, 1, 3, 1, 1), f(g, 3), f(g, 3), 1e-5));
        row("batchNormInference \"n\": input has rank 1 [3], needs at least 2 [N, C, ...].",
                g -> Normalization.batchNormInference(f(g, 3), f(g, 3), f(g, 3), f(g, 3), f(g, 3), 1e-5));
        row("lrn \"n\": size = 0, needs >= 1.", g -> Normalization.lrn(f(g, 1, 3, 2, 2), new Normalization.Lrn(0, 1, 1, 1, true)));
        row("dropout \"n\": p = 1.2, needs 0 <= p < 1.", g -> Random.dropout(f(g, 2), 1.2));
        row("randomBernoulli \"n\": p = -0.1, needs 0 <= p <= 1.",
                g -> Random.bernoulli(g.name("n"), TensorType.of(DType.FLOAT32, 2), -0.1));
        row("randomUniform \"n\": type is int32, needs a floating-point type. Cast the result.",
                g -> Random.uniform(g.name("n"), TensorType.of(DType.INT32, 2), 0, 1));
        row("dropout \"n\": seed is float32 [], needs an int64 scalar.", g -> named(g, new Random.Dropout(0.5, 0), f(g, 2), f(g), f(g)));
    }

    private static void losses() {
        Loss.Options options = Loss.Options.defaults();
        row("crossEntropy \"n\": labels has shape [3], needs [2] (one label a row of logits [2, 10]).",
                g -> Loss.crossEntropy(f(g, 2, 10), of(g, DType.INT64, 3), options));
        row("crossEntropy \"n\": labels is float32, needs int32 or int64. Cast it first.",
                g -> Loss.crossEntropy(f(g, 2, 10), f(g, 2), options));
        row("crossEntropy \"n\": logits has rank 1 [10], needs rank 2 [N, K].",
                g -> Loss.crossEntropy(f(g, 10), of(g, DType.INT64, 10), options));
        row("crossEntropy \"n\": logits [2, 0] hold no class.", g -> Loss.crossEntropy(f(g, 2, 0), of(g, DType.INT64, 2), options));
        row("crossEntropy \"n\": class weights has shape [9], needs [10] (one number a class of logits [2, 10]).",
                g -> Loss.crossEntropy(f(g, 2, 10), of(g, DType.INT64, 2), f(g, 9), options));
        row("crossEntropy: labelSmoothing = 1.0, needs 0 <= labelSmoothing < 1.",
                g -> Loss.crossEntropy(f(g, 2, 10), of(g, DType.INT64, 2), options.smoothing(1)));
        row("mse: prediction has shape [2, 1], target [2]; they must be equal. Reshape one of them.",
                g -> Loss.meanSquaredError(f(g, 2, 1), f(g, 2)));
    }

    private static void shapings() {
        row("reshape \"n\": input [2, 3] has 6 elements, target [4] has 4.", g -> Shaping.reshape(f(g, 2, 3), Shape.of(4)));
        row("transpose \"n\": [0, 0] is not a permutation of the 2 axes of input [2, 3].", g -> Shaping.transpose(f(g, 2, 3), 0, 0));
        row("broadcastTo \"n\": input [2, 3] does not broadcast to [3].", g -> Shaping.broadcastTo(f(g, 2, 3), Shape.of(3)));
        row("concat \"n\": operand 1 [2, 4] and operand 0 [2, 3] differ outside axis 0.",
                g -> Shaping.concat(0, f(g, 2, 3), f(g, 2, 4)));
        row("slice \"n\": range 1..4 is outside axis 1 of input [2, 3].", g -> Shaping.slice(f(g, 2, 3), 1, 1, 4));
        row("slice \"n\": step = 0 at axis 0, needs >= 1. Reverse the axis instead.",
                g -> Shaping.slice(f(g, 3), List.of(0L), List.of(3L), List.of(0L)));
        row("pad \"n\": before, after and interior have 1, 1 and 1 numbers, input [2, 3] has rank 2.",
                g -> Shaping.pad(f(g, 2, 3), List.of(1L), List.of(1L), 0));
        row("pad \"n\": padding -1, 0, 0 at axis 0, needs >= 0. Slice instead.", g -> Shaping.pad(f(g, 3), List.of(-1L), List.of(0L), 0));
        row("gather \"n\": indices is float32, needs int32 or int64. Cast it first.", g -> Shaping.gather(f(g, 2, 3), f(g, 2), 0));
        row("fill \"n\": output float32 [4611686018427387904] exceeds 2^63 - 1 bytes.",
                g -> Source.fill(g.name("n"), TensorType.of(DType.FLOAT32, 1L << 62), 0));
    }

    private static void states() {
        row("input \"x\": the graph has an input of this name already.", g -> {
            g.input("x", TensorType.of(DType.FLOAT32));
            g.input("x", TensorType.of(DType.FLOAT32));
        });
        row("output \"y\": the graph has an output of this name already.", g -> g.output("y", f(g)).output("y", f(g)));
        row("variable \"v\": is float32 [2] elsewhere in this graph, now float32 [3].", g -> {
            variable(g, "v", 2);
            variable(g, "v", 3);
        });
        row("assign \"n\": variable has shape [2], value has [3]; both need one shape.", g -> {
            Value v = variable(g, "v", 2);
            Update.assign(v, f(g, 3));
        });
        row("assign: \"fill\" is not a variable; only variables can be updated.", g -> Update.assign(f(g, 2), f(g, 2)));
        row("sgd \"n\": momentum = 1.0, needs 0 <= momentum < 1.", g -> {
            Value v = variable(g, "v", 2);
            Value m = variable(g, "m", 2);
            Update.node(new Update.Sgd(1, false, 0, MomentumForm.RATE_OUTSIDE), v, f(g, 2), f(g), m);
        });
        row("output \"zz\" unknown; the graph has [y].", g -> g.output("y", f(g)).build().output("zz"));
        row("add \"n\": operand a: float32 [2] belongs to another graph.",
                g -> f(g, 2).plus(new GraphBuilder().input("a", TensorType.of(DType.FLOAT32, 2))));
        row("gradients: loss \"fill\" is float32 [2], needs a floating-point value with one element. Reduce it first.",
                g -> Gradients.of(f(g, 2), List.of()));
    }

    @Test
    void tableIsLong() {
        assertTrue(TABLE.size() >= 40, "rows: " + TABLE.size());
    }

    @TestFactory
    Stream<DynamicTest> messageIsExact() {
        return TABLE.entrySet().stream().map(row -> dynamicTest(row.getKey(), () -> {
            GraphBuilder graph = new GraphBuilder();
            assertEquals(row.getKey(), assertThrows(GraphException.class, () -> row.getValue().accept(graph)).getMessage());
        }));
    }
}
