package dev.lamina.io.onnx.ops;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.io.onnx.cases.OneNode;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Calls of network operators that break a rule: the message names the node, the value and the rule. */
class NetworkOperatorErrorsTest {
    private static Tensor zeros(long... dims) {
        return Tensor.zeros(DType.FLOAT32, Shape.of(dims));
    }

    private static void refuses(OneNode node, String message) {
        GraphBuilder graph = new GraphBuilder();
        String got = assertThrows(IllegalArgumentException.class, () -> node.add(graph, Weights.CONSTANTS, false)).getMessage();
        assertTrue(got.contains(message), got);
    }

    @Test
    void convolutionNeedsTheFiltersExtents() {
        refuses(OneNode.of(11, "Conv", zeros(1, 2, 5, 5)).holding(zeros(4, 2, 3, 3)).with("kernel_shape", new long[] {3, 5}),
                "Conv \"n\": kernel_shape is [3, 5], filter has shape [4, 2, 3, 3]; they must agree.");
    }

    @Test
    void convolutionHasOneToThreeAxes() {
        refuses(OneNode.of(11, "Conv", zeros(1, 2, 5, 5, 5, 5)).holding(zeros(4, 2, 1, 1, 1, 1)),
                "Conv \"n\": input has shape [1, 2, 5, 5, 5, 5], needs [N, C, W], [N, C, H, W] or [N, C, D, H, W].");
    }

    @Test
    void transposedConvolutionNeedsAGroupThatDividesTheChannels() {
        refuses(OneNode.of(11, "ConvTranspose", zeros(1, 3, 5, 5)).holding(zeros(3, 2, 3, 3)).with("group", 2),
                "ConvTranspose \"n\": input has shape [1, 3, 5, 5], filter [3, 2, 3, 3], group is 2; ");
    }

    @Test
    void poolingNeedsAKernel() {
        refuses(OneNode.of(11, "MaxPool", zeros(1, 2, 5, 5)), "MaxPool \"n\": kernel_shape is missing.");
    }

    @Test
    void poolingNeedsRoomForAWindow() {
        refuses(OneNode.of(11, "AveragePool", zeros(1, 2, 2, 2)).with("kernel_shape", new long[] {5, 5})
                .with("pads", new long[] {1, 1, 1, 1}),
                "AveragePool \"n\": windows reach over 5 x 5 elements, more than input [1, 2, 2, 2] with its padding has.");
    }

    @Test
    void positionsOfMaximaAreThoseOfImages() {
        refuses(OneNode.of(11, "MaxPool", zeros(1, 2, 5, 5, 5)).giving(2).with("kernel_shape", new long[] {2, 2, 2}),
                "MaxPool \"n\": input has shape [1, 2, 5, 5, 5]; Lamina gives indices along one or two axes only.");
    }

    @Test
    void automaticPaddingIsOneOfFour() {
        refuses(OneNode.of(11, "MaxPool", zeros(1, 2, 5, 5)).with("kernel_shape", new long[] {2, 2}).with("auto_pad", "SAME"),
                "MaxPool \"n\": auto_pad is \"SAME\", needs NOTSET, VALID, SAME_UPPER or SAME_LOWER.");
    }

    @Test
    void groupsDivideChannels() {
        refuses(OneNode.of(21, "GroupNormalization", zeros(1, 5, 2)).holding(zeros(5), zeros(5)).with("num_groups", 2),
                "GroupNormalization \"n\": num_groups is 2, which does not divide the 5 channels of input [1, 5, 2].");
    }

    @Test
    void resizeNeedsScalesOrSizes() {
        refuses(OneNode.of(13, "Resize", zeros(1, 1, 4, 4)), "Resize \"n\": needs either scales or sizes.");
    }

    @Test
    void resizeNeedsKnownSizes() {
        refuses(OneNode.of(18, "Resize", zeros(1, 1, 4, 4), zeros(8), Tensor.of(new float[] {1, 1, 2, 2}, 4)),
                "Resize \"n\": input 2 (scales) is computed when the model runs, must be known before");
    }

    @Test
    void resizeInterpolatesFloatingPointNumbers() {
        refuses(OneNode.of(13, "Resize", Tensor.zeros(DType.UINT8, Shape.of(1, 1, 4, 4)))
                .holding(zeros(0), Tensor.of(new float[] {1, 1, 2, 2}, 4)).with("mode", "linear"),
                "Resize \"n\": input is uint8; mode linear needs a floating-point type. Cast the input.");
    }

    @Test
    void lossesNeedALabelASample() {
        refuses(OneNode.of(13, "SoftmaxCrossEntropyLoss", zeros(3, 5, 2), Tensor.of(new long[3], 3)),
                "SoftmaxCrossEntropyLoss \"n\": labels have shape [3], needs [3, 2] for scores [3, 5, 2].");
    }

    @Test
    void dropoutsRatioIsBelowOne() {
        refuses(OneNode.of(10, "Dropout", zeros(3)).with("ratio", 1.0), "Dropout \"n\": ratio is 1.0, needs 0 <= ratio < 1.");
    }

    @Test
    void productsNeedEqualInnerExtents() {
        refuses(OneNode.of(13, "Gemm", zeros(2, 3), zeros(3, 4)).holding(zeros(3, 1)),
                "Gemm \"n\": C has shape [3, 1], which does not broadcast to the product's [2, 4].");
    }

    @Test
    void slopesBroadcast() {
        refuses(OneNode.of(16, "PRelu", zeros(2, 3)).holding(zeros(2)),
                "PRelu \"n\": slope has shape [2], which does not broadcast to input [2, 3].");
    }
}
