package dev.lamina.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ShapeTest {
    private static final long HUGE = 1L << 40;

    @Test
    void negativeAxesCountFromTheEnd() {
        Shape shape = Shape.of(8, 3, 32);
        assertEquals(32, shape.dim(-1));
        assertEquals(8, shape.dim(-3));
        assertEquals(1, shape.axis(-2));
        assertEquals(Shape.of(8, 5, 32), shape.with(-2, 5));
        assertEquals("axis 3 is out of range for shape [8, 3, 32] of rank 3.",
                assertThrows(IllegalArgumentException.class, () -> shape.dim(3)).getMessage());
        assertEquals("axis -4 is out of range for shape [8, 3, 32] of rank 3.",
                assertThrows(IllegalArgumentException.class, () -> shape.axis(-4)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Shape.scalar().dim(0));
    }

    @Test
    void elementsAreCountedWithoutOverflow() {
        assertEquals(1, Shape.scalar().elements());
        assertEquals(0, Shape.of(HUGE, HUGE, 0).elements());
        assertEquals(Long.MAX_VALUE, Shape.of(Long.MAX_VALUE, 1).elements());
        assertEquals("shape [1099511627776, 1099511627776] has more than 2^63 - 1 elements.",
                assertThrows(ArithmeticException.class, () -> Shape.of(HUGE, HUGE).elements()).getMessage());
    }

    @Test
    void stridesAreRowMajor() {
        assertArrayEquals(new long[] {12, 4, 1}, Shape.of(2, 3, 4).strides());
        assertArrayEquals(new long[0], Shape.scalar().strides());
        assertArrayEquals(new long[] {4, 4, 1}, Shape.of(2, 0, 4).strides());
        assertArrayEquals(new long[] {Long.MAX_VALUE, HUGE, 1}, Shape.of(0, HUGE, HUGE).strides());
        assertThrows(ArithmeticException.class, () -> Shape.of(HUGE, HUGE).strides());
    }

    @Test
    void broadcastAlignsAtTheLastAxis() {
        assertEquals(Shape.of(4, 3, 5), Shape.broadcast(Shape.of(4, 1, 5), Shape.of(3, 1)));
        assertEquals(Shape.of(2, 3), Shape.broadcast(Shape.scalar(), Shape.of(2, 3)));
        assertEquals(Shape.of(0, 3), Shape.broadcast(Shape.of(1, 3), Shape.of(0, 1)));
        assertEquals("shapes [2, 4] and [3, 4] do not broadcast: extents 2 and 3 at axis -2 differ and neither is 1.",
                assertThrows(IllegalArgumentException.class, () -> Shape.broadcast(Shape.of(2, 4), Shape.of(3, 4))).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Shape.broadcast(Shape.of(0), Shape.of(2)));
    }

    @Test
    void negativeExtentIsRefused() {
        assertEquals("shape [2, -1]: extent -1 at axis 1 is negative.",
                assertThrows(IllegalArgumentException.class, () -> Shape.of(2, -1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Shape.of(2).with(0, -3));
    }

    @Test
    void isAValueThatNoOneCanChange() {
        long[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 9;
        shape.toArray()[1] = 9;
        assertEquals(Shape.of(2, 3), shape);
        assertEquals(Shape.of(2, 3).hashCode(), shape.hashCode());
        assertNotEquals(Shape.of(3, 2), shape);
        assertEquals("[2, 3]", shape.toString());
        assertEquals("[]", Shape.scalar().toString());
    }
}
