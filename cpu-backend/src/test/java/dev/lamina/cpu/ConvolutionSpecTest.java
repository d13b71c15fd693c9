package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of the specification's section 7. */
class ConvolutionSpecTest {
    private final Eval eval = new Eval(DType.FLOAT64);

    private static Shape shape(long c, long extent, long k, Window window) {
        GraphBuilder graph = new GraphBuilder();
        Value x = graph.input("x", TensorType.of(DType.FLOAT32, 1, c, extent, extent));
        Value w = graph.input("w", TensorType.of(DType.FLOAT32, k, c, window.h().kernel(), window.w().kernel()));
        return Convolution.conv2d(x, w, window, 1).shape();
    }

    private static long extent(long extent, Window window) {
        return shape(1, extent, 1, window).dim(2);
    }

    @Test
    void sizes() {
        assertEquals(5, extent(7, Window.of(3)));
        assertEquals(3, extent(7, Window.of(3).stride(2)));
        assertEquals(2, extent(7, Window.of(3).stride(3)));
        assertEquals(3, extent(7, Window.of(3).stride(3).rounding(Rounding.CEIL)));
        assertEquals(7, extent(7, Window.of(3).padding(1)));
        assertEquals(28, extent(32, Window.of(5)));
        assertEquals(24, extent(28, Window.of(5)));
        assertEquals(20, extent(24, Window.of(5)));
        assertEquals(Shape.of(1, 10, 32, 32), shape(3, 32, 10, Window.of(5).padding(2)));
        assertEquals("conv2d \"conv2d\": (7 + 0 - 3) / 3 + 1 = 2.33 is not whole (rounding EXACT). Stride 1 gives 5, stride 2 gives 3, "
                + "padding 1 gives 3.", assertThrows(GraphException.class,
                () -> extent(7, Window.of(3).stride(3).rounding(Rounding.EXACT))).getMessage());
    }

    @Test
    void samePaddingGivesTheRoundedUpQuotient() {
        for (int kernel = 1; kernel <= 7; kernel++) {
            for (int stride = 1; stride <= 4; stride++) {
                for (int n = 1; n <= 12; n++) {
                    Window window = Window.of(kernel).stride(stride).same(n, n);
                    assertEquals(Math.ceilDiv(n, stride), extent(n, window));
                    assertTrue(window.h().padEnd() - window.h().padBegin() <= 1 && window.h().padEnd() >= window.h().padBegin());
                    if (stride == 1 && kernel % 2 == 1) {
                        assertEquals((kernel - 1) / 2, window.h().padBegin());
                        assertEquals((kernel - 1) / 2, window.h().padEnd());
                    }
                }
            }
        }
    }

    @Test
    void crossCorrelationAndTrueConvolution() {
        Value x = eval.constant(Eval.ramp(16), 1, 1, 4, 4);
        Value w = eval.constant(Eval.ramp(4), 1, 1, 2, 2);
        List<double[]> y = eval.doubles(Convolution.conv2d(x, w, Window.of(2), 1), Convolution.trueConv2d(x, w, Window.of(2), 1));
        assertArrayEquals(new double[] {44, 54, 64, 84, 94, 104, 124, 134, 144}, y.get(0));
        assertArrayEquals(new double[] {26, 36, 46, 66, 76, 86, 106, 116, 126}, y.get(1));
    }

    /** A grid over extents 1 to 9, kernels, strides, paddings, dilations and groups; windows that do not fit are left out. */
    private static List<ToeplitzCheck> grid() {
        List<ToeplitzCheck> checks = new ArrayList<>();
        int salt = 0;
        for (int extent = 1; extent <= 9; extent++) {
            for (int kernel = 1; kernel <= 3; kernel++) {
                for (int stride = 1; stride <= 4; stride++) {
                    for (int padding = 0; padding <= 2; padding++) {
                        for (int dilation = 1; dilation <= 2; dilation++) {
                            for (int groups = 1; groups <= 2; groups++) {
                                // The other axis differs in everything, so that no mix-up of axes passes.
                                int other = 1 + (extent + salt) % 9;
                                int otherKernel = 1 + salt % 3;
                                Window window = Window.of(kernel, otherKernel).stride(stride, 1 + salt % 2).dilation(dilation, 1)
                                        .padding(padding, salt % 3, padding / 2, (salt + 1) % 2);
                                boolean fits = window.h().span() <= extent + padding + padding / 2
                                        && otherKernel <= other + salt % 3 + (salt + 1) % 2;
                                salt++;
                                if (fits) {
                                    checks.add(new ToeplitzCheck(2, 2L * groups, extent, other, 3L * groups, window, groups, salt));
                                }
                            }
                        }
                    }
                }
            }
        }
        return checks;
    }

    @Test
    void equalsItsMatrixAndHasItsAdjoint() {
        List<ToeplitzCheck> checks = grid();
        assertTrue(checks.size() > 800, "setups: " + checks.size());
        for (ToeplitzCheck check : checks) {
            check.run();
        }
    }

    @Test
    void matrixOfOneFilterIsSparse() {
        ToeplitzCheck check = new ToeplitzCheck(1, 3, 32, 32, 1, Window.of(5), 1, 1);
        double[][] matrix = check.matrix(Eval.ramp(75));
        assertEquals(784, matrix.length);
        assertEquals(3072, matrix[0].length);
        long nonZero = 0;
        Set<Double> distinct = new HashSet<>();
        for (double[] row : matrix) {
            for (double v : row) {
                if (v != 0) {
                    nonZero++;
                    distinct.add(v);
                }
            }
        }
        assertEquals(58_800, nonZero);
        assertEquals(75, distinct.size());
    }

    @Test
    void shiftedInputShiftsTheOutput() {
        int stride = 2;
        double[] image = Eval.noise(12 * 12, 5);
        double[] shifted = new double[image.length];
        for (int h = 0; h < 12; h++) {
            for (int w = stride; w < 12; w++) {
                shifted[h * 12 + w] = image[h * 12 + w - stride];
            }
        }
        Value filter = eval.constant(Eval.noise(9, 6), 1, 1, 3, 3);
        Window window = Window.of(3).stride(stride);
        List<double[]> y = eval.doubles(Convolution.conv2d(eval.constant(image, 1, 1, 12, 12), filter, window, 1),
                Convolution.conv2d(eval.constant(shifted, 1, 1, 12, 12), filter, window, 1));
        for (int p = 0; p < 5; p++) {
            assertArrayEquals(Arrays.copyOfRange(y.get(0), p * 5, p * 5 + 4), Arrays.copyOfRange(y.get(1), p * 5 + 1, p * 5 + 5));
        }
    }

    @Test
    void measuredReceptiveFieldEqualsTheFormula() {
        int[][][] stacks = {{{3, 1, 1}, {3, 1, 1}}, {{5, 1, 1}, {3, 2, 1}}, {{3, 2, 1}, {3, 2, 1}, {3, 1, 1}}, {{3, 1, 2}, {3, 1, 3}},
            {{7, 2, 1}, {2, 2, 1}, {3, 1, 2}}, {{11, 4, 1}, {3, 2, 1}}};
        for (int[][] stack : stacks) {
            Eval one = new Eval(DType.FLOAT64);
            int extent = 64;
            Value x = one.constant(new double[extent * extent], 1, 1, extent, extent);
            Value y = x;
            int r = 1;
            int j = 1;
            for (int[] layer : stack) {
                double[] ones = new double[layer[0] * layer[0]];
                Arrays.fill(ones, 1);
                y = Convolution.conv2d(y, one.constant(ones, 1, 1, layer[0], layer[0]),
                        Window.of(layer[0]).stride(layer[1]).dilation(layer[2]), 1);
                r += layer[2] * (layer[0] - 1) * j;
                j *= layer[1];
            }
            int out = (int) y.shape().dim(2);
            double[] centre = new double[out * out];
            centre[out / 2 * out + out / 2] = 1;
            Value unit = Reduction.sum(y.times(one.constant(centre, 1, 1, out, out)));
            double[] g = one.doubles(Gradients.of(unit, List.of(x)).getFirst()).getFirst();
            int first = extent;
            int last = -1;
            for (int i = 0; i < g.length; i++) {
                if (g[i] != 0) {
                    first = Math.min(first, i % extent);
                    last = Math.max(last, i % extent);
                }
            }
            assertEquals(r, last - first + 1, Arrays.deepToString(stack));
        }
    }
}
