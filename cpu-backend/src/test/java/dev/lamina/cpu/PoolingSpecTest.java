package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Gradients;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checks of the specification's section 8. */
class PoolingSpecTest {
    private static final double[] MAP = {1, 1, 2, 4, 5, 6, 7, 8, 3, 2, 1, 0, 1, 2, 3, 4};

    private final Eval eval = new Eval(DType.FLOAT64);
    private final Window half = Window.of(2).stride(2);

    private Value map(double[] values, long h, long w) {
        return eval.constant(values, 1, 1, h, w);
    }

    @Test
    void maxAndWinners() {
        Node node = Pooling.maxPoolWithIndices(map(MAP, 4, 4), half);
        List<double[]> y = eval.doubles(node.output(0), node.output(1), Pooling.maxUnpool(node.output(0), node.output(1), 4, 4));
        assertArrayEquals(new double[] {6, 8, 3, 4}, y.get(0));
        assertArrayEquals(new double[] {5, 7, 8, 15}, y.get(1));
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 6, 0, 8, 3, 0, 0, 0, 0, 0, 0, 4}, y.get(2));
    }

    /** The gradient of {@code Σ up ⊙ y} by x. */
    private double[] gradient(Value x, Value y, double... up) {
        Value loss = Reduction.sum(y.times(Shaping.reshape(eval.constant(up, up.length), y.shape())));
        return eval.doubles(Gradients.of(loss, List.of(x)).getFirst()).getFirst();
    }

    @Test
    void gradientGoesToTheWinners() {
        Value x = map(MAP, 4, 4);
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 10, 0, 20, 30, 0, 0, 0, 0, 0, 0, 40},
                gradient(x, Pooling.maxPool(x, half), 10, 20, 30, 40));
    }

    @Test
    void gradientGoesToTheFirstOfTies() {
        Value x = map(new double[9], 3, 3);
        assertArrayEquals(new double[] {7, 0, 0, 0, 0, 0, 0, 0, 0}, gradient(x, Pooling.maxPool(x, Window.of(3)), 7));
    }

    @Test
    void overlappingWindowsSumAtASharedWinner() {
        Value x = map(new double[] {0, 0, 0, 0, 9, 0, 0, 0, 0}, 3, 3);
        assertArrayEquals(new double[] {0, 0, 0, 0, 15, 0, 0, 0, 0}, gradient(x, Pooling.maxPool(x, Window.of(2)), 1, 2, 4, 8));
    }

    @Test
    void notANumberWinsAndPaddingNever() {
        Value x = map(new double[] {-5, -6, Double.NaN, 1e300}, 2, 2);
        Node node = Pooling.maxPoolWithIndices(x, Window.of(2).stride(2).padding(1));
        List<double[]> y = eval.doubles(node.output(0), node.output(1));
        assertArrayEquals(new double[] {-5, -6, Double.NaN, 1e300}, y.get(0));
        assertArrayEquals(new double[] {0, 1, 2, 3}, y.get(1));
        assertTrue(Double.isNaN(eval.doubles(Pooling.maxPool(x, half)).getFirst()[0]));
    }

    @Test
    void sizesOfAlexNet() {
        Value x = Source.fill(eval.graph, TensorType.of(DType.FLOAT32, 1, 1, 55, 55), 0);
        for (int extent : new int[] {27, 13, 6}) {
            x = Pooling.maxPool(x, Window.of(3).stride(2));
            assertEquals(Shape.of(1, 1, extent, extent), x.shape());
        }
    }

    @Test
    void averages() {
        Value x = map(MAP, 4, 4);
        Window padded = half.padding(1);
        Window ceil = Window.of(3).stride(2).rounding(Rounding.CEIL);
        List<double[]> y = eval.doubles(Pooling.avgPool(x, half), Pooling.globalAvgPool(x), Pooling.avgPool(x, padded),
                Pooling.avgPoolExcludingPad(x, padded), Pooling.avgPool(x, ceil));
        assertArrayEquals(new double[] {3.25, 5.25, 2, 2}, y.get(0));
        assertArrayEquals(new double[] {3.125}, y.get(1));
        assertArrayEquals(new double[] {0.25, 0.75, 1, 2, 4, 2, 0.25, 1.25, 1}, y.get(2));
        assertArrayEquals(new double[] {1, 1.5, 4, 4, 4, 4, 1, 2.5, 4}, y.get(3));
        assertArrayEquals(new double[] {28.0 / 9, 22.0 / 6, 12.0 / 6, 8.0 / 4}, y.get(4), 1e-15);
    }

    @Test
    void lastWindowThatStartsInThePaddingIsDropped() {
        Window window = half.padding(1).rounding(Rounding.CEIL);
        assertEquals(Shape.of(1, 1, 3, 3), Pooling.maxPool(map(MAP, 4, 4), window).shape());
        assertEquals(Shape.of(1, 1, 2, 2), Pooling.avgPool(map(new double[9], 3, 3), window).shape());
    }

    @Test
    void adaptiveBinsFollowPyTorch() {
        Value x = eval.constant(Eval.ramp(5), 1, 1, 1, 5);
        List<double[]> y = eval.doubles(Pooling.adaptiveAvgPool(x, 1, 3), Pooling.adaptiveAvgPool(x, 1, 2),
                Pooling.adaptiveAvgPool(x, 1, 7));
        assertArrayEquals(new double[] {1.5, 3, 4.5}, y.get(0));
        assertArrayEquals(new double[] {2, 4}, y.get(1));
        assertArrayEquals(new double[] {1, 1.5, 2.5, 3, 3.5, 4.5, 5}, y.get(2));
    }

    @Test
    void refusesWindowsOfPaddingOnly() {
        Value x = map(MAP, 4, 4);
        eval.graph.name("p");
        assertEquals("maxPool \"p\": padding 2 exceeds half of kernel 3; a window would hold only padding.",
                assertThrows(GraphException.class, () -> Pooling.maxPool(x, Window.of(3).padding(2))).getMessage());
        assertEquals("avgPool \"avgPool\": kernel 5 is larger than padded input 4.",
                assertThrows(GraphException.class, () -> Pooling.avgPool(map(MAP, 4, 4), Window.of(5))).getMessage());
    }
}
