package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.Emulator;
import dev.lamina.tensor.DType;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batch norm, local response normalisation, average pooling and softmax on hand-worked numbers. */
class DnnOpsTest {
    private static final DType F32 = DType.FLOAT32;
    private static final DType F64 = DType.FLOAT64;

    private DeviceRig rig;
    private Dnn dnn;

    @BeforeEach
    void open() {
        rig = DeviceRig.open();
        dnn = rig.dnn();
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    @Test
    void batchNormTrainsByTheBatch() {
        // Channel 0 holds 1, 3: mean 2, variance 1, unbiased 2. Channel 1 holds 10, 14: mean 12, variance 4, unbiased 8.
        DnnBatchNorm norm = rig.own(new DnnBatchNorm(dnn, ImageTensor.channelsFirst(F64, 2, 2, 1, 1), 0));
        long y = rig.room(F64, 4);
        long mean = rig.put(F64, 0, 0);
        long variance = rig.put(F64, 0, 0);
        long savedMean = rig.room(F64, 2);
        long inverse = rig.room(F64, 2);
        norm.training(rig.put(F64, 1, 10, 3, 14), rig.put(F64, 2, 1), rig.put(F64, 0, 5), y,
                new DnnBatchNorm.Statistics(mean, variance, savedMean, inverse));
        assertArrayEquals(new double[] {-2, 4, 2, 6}, rig.get(F64, y, 4), 1e-12);
        assertArrayEquals(new double[] {2, 12}, rig.get(F64, mean, 2), 1e-12);
        assertArrayEquals(new double[] {2, 8}, rig.get(F64, variance, 2), 1e-12);
        assertArrayEquals(new double[] {2, 12}, rig.get(F64, savedMean, 2), 1e-12);
        assertArrayEquals(new double[] {1, 0.5}, rig.get(F64, inverse, 2), 1e-12);
    }

    @Test
    void batchNormReplacesStatisticsThatWereNotNumbers() {
        DnnBatchNorm norm = rig.own(new DnnBatchNorm(dnn, ImageTensor.channelsFirst(F32, 2, 1, 1, 1), 1e-5));
        long mean = rig.room(F32, 1);
        long variance = rig.room(F32, 1);
        norm.training(rig.put(F32, 1, 3), rig.put(F32, 1), rig.put(F32, 0), rig.room(F32, 2),
                new DnnBatchNorm.Statistics(mean, variance, rig.room(F32, 1), rig.room(F32, 1)));
        assertFalse(Double.isNaN(rig.get(F32, mean, 1)[0]), "0 * NaN must not reach the mean");
        assertFalse(Double.isNaN(rig.get(F32, variance, 1)[0]), "0 * NaN must not reach the variance");
    }

    @Test
    void batchNormInfersByGivenStatistics() {
        DnnBatchNorm norm = rig.own(new DnnBatchNorm(dnn, ImageTensor.channelsFirst(F64, 1, 2, 1, 2), 0.75));
        long y = rig.room(F64, 4);
        norm.inference(rig.put(F64, 1, 2, 3, 4), rig.put(F64, 2, 1), rig.put(F64, 0, 5), rig.put(F64, 1, 3), rig.put(F64, 0.25, 3.25), y);
        assertArrayEquals(new double[] {0, 2, 5, 5.5}, rig.get(F64, y, 4), 1e-12);
    }

    @Test
    void batchNormGivesThreeGradients() {
        // x 1, 3, mean 2, deviation 1: x^ -1, 1. Of gradients 1, 2: sum 3, with x^ 1. (g - 3/2 - x^ 1/2) 2 = 0.
        DnnBatchNorm norm = rig.own(new DnnBatchNorm(dnn, ImageTensor.channelsFirst(F64, 2, 1, 1, 1), 0));
        long x = rig.room(F64, 2);
        long gamma = rig.room(F64, 1);
        long beta = rig.room(F64, 1);
        norm.backward(rig.put(F64, 1, 3), rig.put(F64, 1, 2), rig.put(F64, 2), rig.put(F64, 2), rig.put(F64, 1),
                new DnnBatchNorm.Gradients(x, gamma, beta));
        assertArrayEquals(new double[] {0, 0}, rig.get(F64, x, 2), 1e-12);
        assertArrayEquals(new double[] {1}, rig.get(F64, gamma, 1), 1e-12);
        assertArrayEquals(new double[] {3}, rig.get(F64, beta, 1), 1e-12);
    }

    @Test
    void lrnDividesByNeighbouringChannels() {
        // Window 3, alpha / 3 = 1, k = 1, beta = 1: 1 / (1 + 1 + 4), 2 / (1 + 1 + 4 + 9), 3 / (1 + 4 + 9).
        DnnLrn lrn = rig.own(new DnnLrn(dnn, ImageTensor.channelsFirst(F64, 1, 3, 1, 1), new DnnLrn.Parameters(3, 3, 1, 1)));
        long x = rig.put(F64, 1, 2, 3);
        long y = rig.room(F64, 3);
        lrn.forward(x, y);
        assertArrayEquals(new double[] {1.0 / 6, 2.0 / 15, 3.0 / 14}, rig.get(F64, y, 3), 1e-12);
        // Of the gradient 1, 0, 0 only y0 = x0 / s0 counts: 1 / 6 - 2 x0 x0 / 36, -2 x0 x1 / 36, 0.
        long dx = rig.room(F64, 3);
        lrn.backward(y, rig.put(F64, 1, 0, 0), x, dx);
        assertArrayEquals(new double[] {1.0 / 6 - 1.0 / 18, -1.0 / 9, 0}, rig.get(F64, dx, 3), 1e-12);
    }

    @Test
    void lrnKnowsItsLimits() {
        assertTrue(new DnnLrn.Parameters(5, 1e-4, 0.75, 2).isLegal());
        assertFalse(new DnnLrn.Parameters(17, 1e-4, 0.75, 2).isLegal());
        assertFalse(new DnnLrn.Parameters(5, 1e-4, 0.75, 0).isLegal());
        assertFalse(new DnnLrn.Parameters(5, 1e-4, 0, 1).isLegal());
        assertThrows(CudaException.class, () -> new DnnLrn(dnn, ImageTensor.channelsFirst(F32, 1, 3, 1, 1),
                new DnnLrn.Parameters(17, 1e-4, 0.75, 2)));
    }

    @Test
    void averagePoolingDividesByWindowOrInput() {
        // One row 1, 2, 3 padded by one, windows of two at distance two: (0 1), (2 3).
        PoolingShape shape = new PoolingShape(ImageTensor.channelsFirst(F32, 1, 1, 1, 3), ImageTensor.channelsFirst(F32, 1, 1, 1, 2),
                1, 2, 0, 1, 1, 2);
        assertArrayEquals(new double[] {0.5, 2.5}, pooled(shape, DnnPooling.Divisor.WINDOW));
        assertArrayEquals(new double[] {1, 2.5}, pooled(shape, DnnPooling.Divisor.INPUT));
        assertArrayEquals(new double[] {4, 8, 8}, spread(shape, DnnPooling.Divisor.WINDOW));
        assertArrayEquals(new double[] {8, 8, 8}, spread(shape, DnnPooling.Divisor.INPUT));
    }

    private double[] pooled(PoolingShape shape, DnnPooling.Divisor divisor) {
        DnnPooling pooling = rig.own(new DnnPooling(dnn, shape, divisor));
        long y = rig.room(F32, 2);
        pooling.forward(rig.put(F32, 1, 2, 3), y);
        return rig.get(F32, y, 2);
    }

    private double[] spread(PoolingShape shape, DnnPooling.Divisor divisor) {
        DnnPooling pooling = rig.own(new DnnPooling(dnn, shape, divisor));
        long x = rig.room(F32, 3);
        long g = rig.put(F32, 8, 16);
        pooling.backward(rig.room(F32, 2), g, rig.room(F32, 3), x);
        return rig.get(F32, x, 3);
    }

    @Test
    void poolingRefusesShapesThatDoNotFit() {
        assertThrows(IllegalArgumentException.class, () -> new PoolingShape(ImageTensor.channelsFirst(F32, 1, 1, 1, 3),
                ImageTensor.channelsFirst(F32, 1, 1, 1, 3), 1, 2, 0, 1, 1, 2));
    }

    @Test
    void softmaxSumsToOneAlongChannels() {
        // [2 before, 2 along, 2 behind]: logits 0 and ln 3 in one order or the other.
        double three = Math.log(3);
        double[] logits = {0, three, three, 0, 1000, -1000, 1000 + three, -1000 - three};
        ImageTensor images = ImageTensor.channelsFirst(F64, 2, 2, 2, 1);
        double[] expected = {0.25, 0.75, 0.75, 0.25, 0.25, 0.75, 0.75, 0.25};
        long y = rig.room(F64, 8);
        rig.own(new DnnSoftmax(dnn, images, DnnSoftmax.Result.PROBABILITIES)).forward(rig.put(F64, logits), y);
        assertArrayEquals(expected, rig.get(F64, y, 8), 1e-12);
        rig.own(new DnnSoftmax(dnn, images, DnnSoftmax.Result.LOGARITHMS)).forward(rig.put(F64, logits), y);
        assertArrayEquals(Arrays.stream(expected).map(Math::log).toArray(), rig.get(F64, y, 8), 1e-12);
    }

    @Test
    void runsInACapturedGraph() {
        DnnSoftmax softmax = rig.own(new DnnSoftmax(dnn, ImageTensor.channelsFirst(F32, 1, 2, 1, 1), DnnSoftmax.Result.PROBABILITIES));
        long x = rig.put(F32, 5, 5);
        long y = rig.room(F32, 2);
        rig.stream().beginCapture();
        softmax.forward(x, y);
        CapturedGraph graph = rig.own(rig.stream().endCapture());
        graph.launch(rig.stream());
        assertArrayEquals(new double[] {0.5, 0.5}, rig.get(F32, y, 2), 1e-6);
    }

    @Test
    void aMissingSubLibraryIsNamed() {
        Emulator.control().inject("cudnnCreate", 0, 1008, 1);
        CudaException e = assertThrows(CudaException.class, () -> Dnn.open(rig.context()));
        assertEquals("CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED", e.status());
        assertTrue(e.hint().contains("libcudnn_ops"), e.hint());
        rig.dnn();
    }

    @Test
    void isOfNoUseOnceClosed() {
        DnnSoftmax softmax = rig.own(new DnnSoftmax(dnn, ImageTensor.channelsFirst(F32, 1, 2, 1, 1), DnnSoftmax.Result.PROBABILITIES));
        dnn.close();
        dnn.close();
        assertThrows(IllegalStateException.class, () -> softmax.forward(1, 1));
    }
}
