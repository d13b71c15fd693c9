package dev.lamina.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorViewTest {
    private static Tensor range(long... dims) {
        long n = Shape.of(dims).elements();
        return Tensor.of(LongStream.range(0, n).toArray(), dims);
    }

    /** A slice of a transposition of a slice, against the arithmetic of indices. */
    @Property(tries = 400, seed = "42")
    void viewOfAViewHoldsTheRightElements(@ForAll @IntRange(min = 1, max = 5) int a, @ForAll @IntRange(min = 1, max = 5) int b,
            @ForAll @IntRange(min = 1, max = 5) int c, @ForAll @IntRange(min = 0, max = 5) int from) {
        int cut = Math.min(from, b);
        Tensor view = range(a, b, c).slice(1, cut, b).transpose(2, 0, 1);
        Tensor copy = view.copy();
        assertEquals(Shape.of(c, a, b - cut), view.shape());
        assertTrue(copy.isContiguous());
        long[] flat = view.toLongs();
        int at = 0;
        for (int z = 0; z < c; z++) {
            for (int x = 0; x < a; x++) {
                for (int y = 0; y < b - cut; y++) {
                    long expected = ((long) x * b + y + cut) * c + z;
                    assertEquals(expected, view.getLong(z, x, y));
                    assertEquals(expected, copy.getLong(z, x, y));
                    assertEquals(expected, flat[at++]);
                    assertEquals(expected, view.select(0, z).getLong(x, y));
                    assertEquals(expected, view.select(-1, y).slice(1, x, a).getLong(z, 0));
                }
            }
        }
        assertArrayEquals(flat, view.reshape(flat.length).toLongs());
        assertEquals(a * c * (long) (b - cut), view.contiguous().memory().byteSize() / 8);
    }

    @Test
    void emptyTensorsAndViewsAreLegalEverywhere() {
        Tensor empty = Tensor.zeros(DType.FLOAT32, Shape.of(3, 0));
        assertEquals("float32 [0] []", empty.select(0, 2).copy().toString());
        assertEquals("float32 [2, 0] [[],\n []]", empty.slice(0, 1, 3).toString());
        assertEquals(0, empty.slice(0, 1, 3).toFloats().length);
        assertEquals(0, empty.transpose(1, 0).reshape(7, 0).byteSize());
        assertEquals(0, empty.cast(DType.BFLOAT16).memory().byteSize());
        assertEquals(0, range(2, 3).slice(1, 3, 3).memory().byteSize());
        assertEquals(0, range(2, 3).slice(1, 2, 2).transpose(1, 0).select(1, 1).toLongs().length);
        assertEquals(0, Tensor.zeros(DType.INT64, Shape.of(0, 1L << 40, 1L << 40)).slice(1, 1L << 39, 1L << 40).elements());
    }

    @Test
    void copyIntoAViewWritesThroughAndNowhereElse() {
        Tensor target = Tensor.full(DType.INT32, Shape.of(3, 3), -1);
        target.slice(0, 1, 3).slice(1, 0, 2).transpose(1, 0).copyFrom(range(2, 2));
        assertArrayEquals(new long[] {-1, -1, -1, 0, 2, -1, 1, 3, -1}, target.toLongs());
        target.select(1, 2).fill(9);
        assertArrayEquals(new long[] {-1, -1, 9, 0, 2, 9, 1, 3, 9}, target.toLongs());
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeCastsToEveryOther(DType from) {
        Tensor source = Tensor.of(from, new double[] {0, 1, 3, 100}, 2, 2).transpose(1, 0);
        for (DType to : DType.values()) {
            Tensor cast = source.cast(to);
            for (int i = 0; i < 4; i++) {
                assertEquals(to.round(source.toDoubles()[i]), cast.toDoubles()[i], from + " to " + to);
            }
            assertEquals(to, cast.dtype());
        }
    }

    @Test
    void nativeMemoryEndsWithItsArena() {
        Tensor tensor;
        try (Arena arena = Arena.ofConfined()) {
            tensor = Tensor.allocate(arena, DType.FLOAT64, Shape.of(2, 2));
            assertArrayEquals(new double[4], tensor.toDoubles());
            assertEquals(0, tensor.memory().address() % 64);
        }
        assertThrows(IllegalStateException.class, () -> tensor.get(0, 0));
    }

    @Test
    void sizesBeyondMemoryAreRefusedWithTheNumbers() {
        assertEquals("tensor: uint8 [137438953472] needs 137438953472 bytes, the Java heap holds at most 16 GiB in one tensor. "
                + "Allocate it from an Arena.",
                assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(DType.UINT8, Shape.of(1L << 37))).getMessage());
        assertEquals("tensor: float32 [4611686018427387904] needs more than 2^63 - 1 bytes.",
                assertThrows(ArithmeticException.class, () -> Tensor.zeros(DType.FLOAT32, Shape.of(1L << 62))).getMessage());
        assertEquals("tensor: int32 [5] needs 20 bytes, the memory has 16.", assertThrows(IllegalArgumentException.class,
                () -> Tensor.wrap(range(2).memory(), DType.INT32, Shape.of(5))).getMessage());
    }

    @Test
    void wrongViewsAreNamed() {
        Tensor tensor = range(2, 3);
        assertEquals("tensor: slice 1..4 is outside axis 1 of shape [2, 3].",
                assertThrows(IndexOutOfBoundsException.class, () -> tensor.slice(-1, 1, 4)).getMessage());
        assertEquals("tensor: position 2 is outside axis 0 of shape [2, 3].",
                assertThrows(IndexOutOfBoundsException.class, () -> tensor.select(0, 2)).getMessage());
        assertEquals("tensor: [0, 0] is not a permutation of the 2 axes of [2, 3].",
                assertThrows(IllegalArgumentException.class, () -> tensor.transpose(0, 0)).getMessage());
        assertEquals("tensor: [0] is not a permutation of the 2 axes of [2, 3].",
                assertThrows(IllegalArgumentException.class, () -> tensor.transpose(0)).getMessage());
        assertEquals("tensor: item() needs one element, shape [2, 3] has 6.",
                assertThrows(IllegalStateException.class, tensor::item).getMessage());
    }

    @Test
    void elementsGoToMemoryAndBackAtAnOffset() {
        Tensor rows = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
        MemorySegment memory = MemorySegment.ofArray(new float[6]);
        rows.slice(0, 1, 3).writeTo(memory, 8);
        assertArrayEquals(new float[] {0, 0, 3, 4, 5, 6}, memory.toArray(ValueLayout.JAVA_FLOAT));
        rows.slice(0, 0, 2).readFrom(memory, 4);
        assertArrayEquals(new float[] {0, 3, 4, 5, 5, 6}, rows.toFloats());
        assertThrows(IllegalStateException.class, () -> rows.transpose(1, 0).writeTo(memory, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> rows.readFrom(memory, 4));
    }
}
