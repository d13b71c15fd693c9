package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.api.Arithmetic;
import dev.lamina.cuda.api.ConvolutionShape;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import org.junit.jupiter.api.Test;

class ConvolutionCaseTest {
    private static ConvolutionCase of(Window window, long height, long rows) {
        return new ConvolutionCase(new Convolution.Conv2d(window, 1), Shape.of(2, 3, height, 8), Shape.of(4, 3, 3, 1),
                Shape.of(2, 4, rows, 8), DType.FLOAT32, Order.PLAIN, Arithmetic.FLOAT32);
    }

    @Test
    void equalPaddingIsLeftToCudnn() {
        ConvolutionCase c = of(Window.of(3, 1).padding(1, 0), 8, 8);
        assertFalse(c.isShifted());
        assertEquals(1, c.shape().padH());
        assertEquals(c.input(), c.shifted());
    }

    @Test
    void aBorderThatNoWindowReachesIsOfNoWeight() {
        // 8 rows padded by 0 and 1: windows of 3 at distance 3 start at 0 and 3, with or without the last row.
        assertFalse(of(Window.of(3, 1).stride(3, 1).padding(0, 0, 1, 0), 7, 2).isShifted());
    }

    @Test
    void paddingOnOneSideIsMadeBeforehand() {
        // SAME with stride 2 on 8 rows: one row of padding, at the end.
        ConvolutionCase c = of(Window.of(3, 1).stride(2, 1).padding(0, 0, 1, 0), 8, 4);
        assertTrue(c.isShifted());
        assertEquals(Shape.of(2, 3, 9, 8), c.shifted());
        ConvolutionShape shape = c.shape();
        assertEquals(0, shape.padH());
        assertEquals(4, shape.output().h());
    }

    @Test
    void windowsThatHangOverAreMadeRoomFor() {
        ConvolutionCase c = of(Window.of(3, 1).stride(2, 1).rounding(Rounding.CEIL), 8, 4);
        assertTrue(c.isShifted());
        assertEquals(9, c.shifted().dim(2));
    }

    @Test
    void whatNoWindowReachesIsCutAway() {
        // Begin 1, end 3, stride 4 on 8 rows: windows at -1, 3 and 7 would need row 9, those that exist reach row 9 of 8.
        ConvolutionCase c = of(Window.of(3, 1).stride(4, 1).padding(1, 0, 3, 0), 8, 3);
        assertTrue(c.isShifted());
        assertEquals(11, c.shifted().dim(2));
    }

    @Test
    void emptyAndVastTensorsAreNotForCudnn() {
        ConvolutionCase c = of(Window.of(3, 1), 8, 6);
        assertTrue(c.obstacle().isEmpty());
        ConvolutionCase none = new ConvolutionCase(c.op(), c.input().with(0, 0), c.filter(), c.output().with(0, 0), c.element(), c.order(),
                c.arithmetic());
        assertTrue(none.obstacle().orElseThrow().contains("empty"));
        ConvolutionCase vast = new ConvolutionCase(c.op(), c.input().with(0, 1 << 30), c.filter(), c.output().with(0, 1 << 30), c.element(),
                c.order(), c.arithmetic());
        assertTrue(vast.obstacle().orElseThrow().contains("2^31"));
    }
}
