package dev.lamina.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorTest {
    private final Tensor matrix = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

    @Test
    void viewsShareMemory() {
        Tensor row = matrix.select(0, 1);
        row.set(40, 0);
        assertEquals(40, matrix.get(1, 0));
        assertArrayEquals(new float[] {2, 3, 5, 6}, matrix.slice(1, 1, 3).toFloats());
        assertArrayEquals(new float[] {1, 40, 2, 5, 3, 6}, matrix.transpose(1, 0).toFloats());
        assertFalse(matrix.transpose(1, 0).isContiguous());
        assertTrue(matrix.slice(0, 1, 2).isContiguous());
        assertArrayEquals(new float[] {40, 5, 6}, matrix.slice(0, 1, 2).reshape(3).toFloats());
        assertEquals(0, matrix.slice(0, 2, 2).elements());
    }

    @Test
    void stridedViewHasNoRowMajorMemory() {
        Tensor view = matrix.transpose(1, 0);
        assertEquals("tensor: a strided view [3, 2] has no row-major memory. Call contiguous() first.",
                assertThrows(IllegalStateException.class, view::memory).getMessage());
        assertEquals(24, view.contiguous().memory().byteSize());
    }

    @Test
    void int64IsExact() {
        Tensor big = Tensor.of(new long[] {Long.MAX_VALUE, (1L << 53) + 1});
        assertArrayEquals(new long[] {Long.MAX_VALUE, (1L << 53) + 1}, big.transpose(0).copy().toLongs());
        assertEquals(-1, big.cast(DType.INT32).getLong(0));
    }

    @Test
    void castsRoundToTheType() {
        Tensor values = Tensor.of(new double[] {1.00390625, -2.7, 300, Double.NaN});
        assertEquals(1, values.cast(DType.BFLOAT16).get(0));
        assertEquals(-2, values.cast(DType.INT32).get(1));
        assertEquals(44, values.cast(DType.UINT8).get(2));
        assertEquals(1, values.cast(DType.BOOL).get(3));
        assertTrue(Double.isNaN(values.cast(DType.FLOAT16).get(3)));
    }

    @Test
    void halfTypesRoundOnceFromDouble() {
        // Just above the tie between 1 and 1 + 2^-7 (bfloat16), by less than a float32 can hold: two roundings would give 1.
        double aboveTie = 1 + 0x1p-8 + 0x1p-40;
        assertEquals(1 + 0x1p-7, DType.BFLOAT16.round(aboveTie));
        assertEquals(1, DType.BFLOAT16.round(1 + 0x1p-8));
        assertEquals(1 + 0x1p-10, DType.FLOAT16.round(1 + 0x1p-11 + 0x1p-40));
        assertEquals(1, DType.FLOAT16.round(1 + 0x1p-11));
        assertEquals(Double.POSITIVE_INFINITY, DType.FLOAT16.round(1e6));
        assertEquals(0x1p-24, DType.FLOAT16.round(0x1p-24));
        assertEquals(Double.NEGATIVE_INFINITY, DType.BFLOAT16.round(-1e300));
    }

    @Test
    void moreThanTwoToTheThirtyOneElements(@TempDir Path dir) throws IOException {
        long n = (1L << 31) + 10;
        try (Arena arena = Arena.ofConfined();
                FileChannel sparse = FileChannel.open(dir.resolve("sparse"), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment memory = sparse.map(FileChannel.MapMode.READ_WRITE, 0, n, arena);
            Tensor big = Tensor.wrap(memory, DType.UINT8, Shape.of(2, n / 2));
            big.set(7, 1, n / 2 - 1);
            assertEquals(7, big.get(1, n / 2 - 1));
            assertEquals(7, big.select(0, 1).slice(0, n / 2 - 2, n / 2).get(1));
            assertEquals(n, big.elements());
        }
    }

    @Test
    void printsReadably() {
        assertEquals("float32 [2, 3] [[1.0, 2.0, 3.0],\n [4.0, 5.0, 6.0]]", matrix.toString());
        assertEquals("int32 [20] [0, 0, 0, ... 14 more, 0, 0, 0]", Tensor.zeros(DType.INT32, Shape.of(20)).toString());
        assertEquals("bool [] true", Tensor.scalar(DType.BOOL, 1).toString());
    }

    @Test
    void wrongIndicesAndShapesAreNamed() {
        assertEquals("tensor: index [2, 0] is outside shape [2, 3].",
                assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(2, 0)).getMessage());
        assertEquals("tensor: index [1] has 1 numbers, shape [2, 3] has rank 2.",
                assertThrows(IndexOutOfBoundsException.class, () -> matrix.get(1)).getMessage());
        assertEquals("tensor: shape [2, 3] of 6 elements does not reshape to [4] of 4.",
                assertThrows(IllegalArgumentException.class, () -> matrix.reshape(4)).getMessage());
        assertEquals("tensor: cannot copy shape [2, 3] into shape [3].", assertThrows(IllegalArgumentException.class,
                () -> Tensor.zeros(DType.FLOAT32, Shape.of(3)).copyFrom(matrix)).getMessage());
        assertEquals("tensor: 6 values do not fill shape [5] of 5 elements.",
                assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[6], 5)).getMessage());
    }

    @Test
    void shapeArithmeticIsChecked() {
        assertThrows(ArithmeticException.class, () -> Shape.of(1L << 32, 1L << 32).elements());
        assertEquals(0, Shape.of(1L << 62, 1L << 62, 0).elements());
        assertEquals(Shape.of(4, 3, 5), Shape.broadcast(Shape.of(4, 1, 5), Shape.of(3, 1)));
        assertEquals("shapes [2] and [3] do not broadcast: extents 2 and 3 at axis -1 differ and neither is 1.",
                assertThrows(IllegalArgumentException.class, () -> Shape.broadcast(Shape.of(2), Shape.of(3))).getMessage());
        assertEquals(5, Shape.of(4, 5).dim(-1));
        assertThrows(IllegalArgumentException.class, () -> Shape.of(-1));
    }
}
