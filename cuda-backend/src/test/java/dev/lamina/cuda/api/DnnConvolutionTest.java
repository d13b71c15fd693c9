package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.Emulator;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DnnConvolutionTest {
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

    /** Images 2 x 4 x 7 x 6, filters 6 of 3 x 2 in two groups, padding 1 x 0, stride 2 x 1, dilation 1 x 2. */
    static ConvolutionShape shape(Arithmetic arithmetic, boolean last) {
        DType type = arithmetic.operand();
        ImageTensor x = last ? ImageTensor.channelsLast(type, 2, 4, 7, 6) : ImageTensor.channelsFirst(type, 2, 4, 7, 6);
        ImageTensor y = last ? ImageTensor.channelsLast(type, 2, 6, 4, 4) : ImageTensor.channelsFirst(type, 2, 6, 4, 4);
        return new ConvolutionShape(x, new FilterTensor(type, 6, 2, 3, 2, last), y, 1, 0, 2, 1, 1, 2, 2, arithmetic);
    }

    private static List<ConvolutionShape> shapes() {
        return Stream.of(shape(Arithmetic.FLOAT32, false), shape(Arithmetic.TF32, true), shape(Arithmetic.BFLOAT16, true),
                shape(Arithmetic.FLOAT64, false)).toList();
    }

    private Optional<ConvolutionAlgorithm> algorithm(ConvolutionShape shape, ConvolutionPass pass) {
        return new ConvolutionSearch(dnn, ConvolutionCache.inMemory(),
                new ConvolutionSearch.Options(ConvolutionSearch.Effort.GUESSED, 1 << 24, false)).find(shape, pass);
    }

    private DnnConvolution convolution(ConvolutionShape shape, ConvolutionPass pass) {
        return rig.own(new DnnConvolution(dnn, shape, pass, algorithm(shape, pass).orElseThrow()));
    }

    private long workspace(DnnConvolution convolution) {
        return convolution.workspaceBytes() == 0 ? 0 : rig.room(DType.UINT8, convolution.workspaceBytes());
    }

    private long put(ImageTensor t, double[] values) {
        return rig.put(t.type(), Loops.arranged(t, values));
    }

    private long put(FilterTensor t, double[] values) {
        return rig.put(t.type(), Loops.arranged(t, values));
    }

    private double[] get(ImageTensor t, long address) {
        return Loops.plain(t, rig.get(t.type(), address, (int) t.elements()));
    }

    private static double[] filters(ConvolutionShape s) {
        return Loops.numbers(s.filter().bytes() / s.filter().type().bytes(), 2);
    }

    @Test
    void slidesWithoutTurningTheFilter() {
        ConvolutionShape shape = new ConvolutionShape(ImageTensor.channelsFirst(DType.FLOAT32, 1, 1, 2, 3),
                new FilterTensor(DType.FLOAT32, 1, 1, 1, 2, false), ImageTensor.channelsFirst(DType.FLOAT32, 1, 1, 2, 2),
                0, 0, 1, 1, 1, 1, 1, Arithmetic.FLOAT32);
        DnnConvolution convolution = convolution(shape, ConvolutionPass.FORWARD);
        long y = rig.room(DType.FLOAT32, 4);
        convolution.forward(rig.put(DType.FLOAT32, 1, 2, 3, 4, 5, 6), rig.put(DType.FLOAT32, 10, 1), y, workspace(convolution));
        assertArrayEquals(new double[] {12, 23, 45, 56}, rig.get(DType.FLOAT32, y, 4));
    }

    @Test
    void computesStridesDilationsPaddingAndGroups() {
        for (ConvolutionShape s : shapes()) {
            double[] x = Loops.numbers(s.input().elements(), 1);
            double[] w = filters(s);
            double[] expected = new double[(int) s.output().elements()];
            Loops.each(s, (yi, wi, xi) -> expected[yi] += w[wi] * x[xi]);
            DnnConvolution convolution = convolution(s, ConvolutionPass.FORWARD);
            long y = rig.room(s.output().type(), s.output().elements());
            convolution.forward(put(s.input(), x), put(s.filter(), w), y, workspace(convolution));
            assertArrayEquals(expected, get(s.output(), y), s.toString());
        }
    }

    @Test
    void addsBiasAndSumBeforeTheRectifier() {
        for (ConvolutionShape s : shapes()) {
            double[] x = Loops.numbers(s.input().elements(), 1);
            double[] w = filters(s);
            double[] bias = Loops.numbers(s.filter().k(), 3);
            double[] z = Loops.numbers(s.output().elements(), 4);
            int map = s.output().h() * s.output().w();
            double[] sum = new double[(int) s.output().elements()];
            Loops.each(s, (yi, wi, xi) -> sum[yi] += w[wi] * x[xi]);
            for (ConvolutionPass pass : List.of(ConvolutionPass.FORWARD_BIAS, ConvolutionPass.FORWARD_BIAS_RELU,
                    ConvolutionPass.FORWARD_BIAS_SUM_RELU)) {
                if (pass == ConvolutionPass.FORWARD_BIAS && !s.filter().channelsLast()) {
                    // Only algorithm 1 adds a bias alone, and that takes no dilation with channels first.
                    assertEquals(Optional.empty(), algorithm(s, pass));
                    continue;
                }
                double[] expected = new double[sum.length];
                for (int i = 0; i < sum.length; i++) {
                    double v = sum[i] + bias[i / map % bias.length] + (pass == ConvolutionPass.FORWARD_BIAS_SUM_RELU ? z[i] : 0);
                    expected[i] = pass == ConvolutionPass.FORWARD_BIAS ? v : Math.max(0, v);
                }
                DnnConvolution convolution = convolution(s, pass);
                long y = rig.room(s.output().type(), sum.length);
                convolution.forwardBiased(put(s.input(), x), put(s.filter(), w), rig.put(s.output().type(), bias), put(s.output(), z), y,
                        workspace(convolution));
                assertArrayEquals(expected, get(s.output(), y), pass + " " + s);
            }
        }
    }

    @Test
    void givesBothGradients() {
        for (ConvolutionShape s : shapes()) {
            double[] x = Loops.numbers(s.input().elements(), 1);
            double[] w = filters(s);
            double[] g = Loops.numbers(s.output().elements(), 5);
            double[] byInput = new double[x.length];
            double[] byFilter = new double[w.length];
            Loops.each(s, (yi, wi, xi) -> {
                byInput[xi] += g[yi] * w[wi];
                byFilter[wi] += g[yi] * x[xi];
            });
            DnnConvolution data = convolution(s, ConvolutionPass.DATA_GRADIENT);
            long dx = rig.room(s.input().type(), x.length);
            data.dataGradient(put(s.output(), g), put(s.filter(), w), dx, workspace(data));
            assertArrayEquals(byInput, get(s.input(), dx), s.toString());
            DnnConvolution filter = convolution(s, ConvolutionPass.FILTER_GRADIENT);
            long dw = rig.room(s.filter().type(), w.length);
            filter.filterGradient(put(s.input(), x), put(s.output(), g), dw, workspace(filter));
            assertArrayEquals(byFilter, Loops.plain(s.filter(), rig.get(s.filter().type(), dw, w.length)), s.toString());
        }
    }

    @Test
    void sumsChannelsForTheBias() {
        ImageTensor images = ImageTensor.channelsLast(DType.FLOAT32, 2, 2, 1, 2);
        DnnBiasGradient bias = rig.own(new DnnBiasGradient(dnn, images));
        long sums = rig.room(DType.FLOAT32, 2);
        bias.run(rig.put(DType.FLOAT32, 1, 10, 2, 20, 3, 30, 4, 40), sums);
        assertArrayEquals(new double[] {10, 100}, rig.get(DType.FLOAT32, sums, 2));
    }

    @Test
    void aFailureNamesCallStatusShapeAndReason() {
        Emulator.control().inject("cudnnConvolutionForward", 0, 5000, 1);
        CudaException e = assertThrows(CudaException.class, this::slidesWithoutTurningTheFilter);
        assertEquals("cudnnConvolutionForward", e.call());
        assertEquals("CUDNN_STATUS_EXECUTION_FAILED", e.status());
        assertTrue(e.getMessage().contains("float32[1,1,2,3]"), e.getMessage());
        slidesWithoutTurningTheFilter();
    }

    @Test
    void refusesAnotherPassThanItsOwn() {
        DnnConvolution convolution = convolution(shape(Arithmetic.FLOAT32, false), ConvolutionPass.FORWARD);
        assertThrows(IllegalStateException.class, () -> convolution.dataGradient(0, 0, 0, 0));
        assertThrows(IllegalStateException.class, () -> convolution.forwardBiased(0, 0, 0, 0, 0, 0));
    }

    @Test
    void refusesShapesThatDoNotFit() {
        ConvolutionShape s = shape(Arithmetic.FLOAT32, false);
        String message = assertThrows(IllegalArgumentException.class, () -> new ConvolutionShape(s.input(), s.filter(),
                ImageTensor.channelsFirst(DType.FLOAT32, 2, 6, 5, 4), 1, 0, 2, 1, 1, 2, 2, Arithmetic.FLOAT32)).getMessage();
        assertTrue(message.contains("output has 5 rows, windows give 4"), message);
        assertThrows(IllegalArgumentException.class, () -> ImageTensor.channelsFirst(DType.FLOAT32, 0, 1, 1, 1));
        assertThrows(ArithmeticException.class, () -> ImageTensor.channelsLast(DType.FLOAT32, 1 << 15, 1 << 15, 2, 1));
    }

    @Test
    void descriptorsGoWithTheirOwners() {
        long before = Emulator.control().live("cudnnTensorDescriptor");
        DnnConvolution convolution = convolution(shape(Arithmetic.FLOAT32, false), ConvolutionPass.FORWARD);
        assertTrue(Emulator.control().live("cudnnTensorDescriptor") > before);
        convolution.close();
        convolution.close();
        assertEquals(before, Emulator.control().live("cudnnTensorDescriptor"));
    }
}
