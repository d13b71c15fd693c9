package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.graph.Shaping;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Moves of elements against the reference, in every element size. */
class MoveKernelsTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);
    private static final Team[] TEAMS = {Team.single(), TWO};

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    static Tensor numbers(DType type, long... dims) {
        int n = (int) Shape.of(dims).elements();
        double[] values = IntStream.range(0, n).mapToDouble(i -> i * 37 % 101).toArray();
        return Tensor.of(type, values, dims);
    }

    private static byte[] bytes(Tensor tensor) {
        return tensor.memory().toArray(ValueLayout.JAVA_BYTE);
    }

    private static void transpose(DType type, int[] order, long... dims) {
        Tensor x = numbers(type, dims);
        Tensor expected = Reference.one(new Shaping.Transpose(IntStream.of(order).boxed().toList()), x);
        long[] own = x.shape().strides();
        long[] strides = IntStream.of(order).mapToLong(a -> own[a]).toArray();
        for (Team team : TEAMS) {
            Memory out = new Memory(type, expected.shape());
            MoveKernels.copy(team, type.bytes(), expected.shape().toArray(), Memory.of(x).pointer(), 0, strides, out.pointer(), 0,
                    expected.shape().strides()).run();
            assertArrayEquals(bytes(expected), bytes(out.tensor()), type + " " + expected.shape());
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void transpositions(DType type) {
        transpose(type, new int[] {1, 0}, 3, 5);
        transpose(type, new int[] {1, 0}, 333, 257);
        transpose(type, new int[] {0, 1}, 33, 25);
        transpose(type, new int[] {0, 2, 3, 1}, 3, 17, 9, 11);
        transpose(type, new int[] {0, 3, 1, 2}, 2, 30, 31, 19);
        transpose(type, new int[] {3, 1, 0, 2}, 4, 5, 6, 7);
        transpose(type, new int[] {2, 0, 1}, 16, 16, 16);
        transpose(type, new int[] {0}, 70_001);
        transpose(type, new int[] {1, 0}, 1, 1);
        transpose(type, new int[] {1, 0}, 0, 5);
        transpose(type, new int[] {1, 0, 2}, 1, 40, 1);
    }

    @Test
    void stretchesSlicesAndReverses() {
        Tensor x = numbers(DType.FLOAT32, 3, 1, 5);
        Tensor stretched = Reference.one(new Shaping.BroadcastTo(Shape.of(2, 3, 40, 5)), x);
        Memory out = new Memory(DType.FLOAT32, stretched.shape());
        MoveKernels.copy(TWO, 4, stretched.shape().toArray(), Memory.of(x).pointer(), 0, new long[] {0, 5, 0, 1}, out.pointer(), 0,
                stretched.shape().strides()).run();
        assertArrayEquals(bytes(stretched), bytes(out.tensor()));

        Tensor y = numbers(DType.UINT8, 7, 90);
        Tensor reversed = Reference.one(new Shaping.Reverse(List.of(0, 1)), y);
        Memory back = new Memory(DType.UINT8, y.shape());
        MoveKernels.copy(TWO, 1, new long[] {7, 90}, Memory.of(y).pointer(), 7 * 90 - 1, new long[] {-90, -1}, back.pointer(), 0,
                new long[] {90, 1}).run();
        assertArrayEquals(bytes(reversed), bytes(back.tensor()));

        Tensor sliced = Reference.one(new Shaping.Slice(List.of(1L, 2L), List.of(7L, 80L), List.of(2L, 3L)), y);
        Memory part = new Memory(DType.UINT8, sliced.shape());
        MoveKernels.copy(TWO, 1, sliced.shape().toArray(), Memory.of(y).pointer(), 92, new long[] {180, 3}, part.pointer(), 0,
                sliced.shape().strides()).run();
        assertArrayEquals(bytes(sliced), bytes(part.tensor()));
    }

    @Test
    void padsByFillAndCopy() {
        Tensor x = numbers(DType.FLOAT32, 5, 6);
        Tensor expected = Reference.one(new Shaping.Pad(List.of(1L, 2L), List.of(3L, 0L), List.of(1L, 2L), -1.5), x);
        Memory out = new Memory(DType.FLOAT32, expected.shape());
        long columns = expected.shape().dim(1);
        MoveKernels.fill(TWO, DType.FLOAT32, -1.5, expected.elements(), out.pointer()).run();
        MoveKernels.copy(TWO, 4, new long[] {5, 6}, Memory.of(x).pointer(), 0, new long[] {6, 1}, out.pointer(), columns + 2,
                new long[] {2 * columns, 3}).run();
        assertArrayEquals(bytes(expected), bytes(out.tensor()));
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void fills(DType type) {
        for (int n : new int[] {0, 1, 3, 15, 17, 4098, 100_003}) {
            for (Team team : TEAMS) {
                Memory out = new Memory(type, Shape.of(n));
                MoveKernels.fill(team, type, 1.75, n, out.pointer()).run();
                assertArrayEquals(bytes(Tensor.full(type, Shape.of(n), 1.75)), bytes(out.tensor()));
            }
        }
    }

    static MoveKernels.Selection selection(Tensor x, int axis, Tensor indices) {
        long inner = x.shape().strides()[axis];
        long extent = x.shape().dim(axis);
        return new MoveKernels.Selection("gather \"rows\"", x.elements() / (extent * inner), extent, inner, Memory.of(indices).pointer(),
                indices.dtype(), indices.elements());
    }

    static Tensor indices(DType type, int count, int extent) {
        Random random = new Random(count);
        return Tensor.of(type, random.doubles(count, -extent, extent).map(Math::floor).toArray(), count);
    }

    @Test
    void gathersAndTheirGradients() {
        for (DType indexType : List.of(DType.INT32, DType.INT64)) {
            for (long[] dims : new long[][] {{10, 7}, {3, 9, 4}, {2, 5, 100}, {50, 33}, {300, 130}}) {
                for (int axis = 0; axis < dims.length; axis++) {
                    Tensor indices = indices(indexType, 23, (int) dims[axis]);
                    gather(indices, axis, dims);
                }
            }
        }
    }

    private static void gather(Tensor indices, int axis, long... dims) {
        int n = (int) LongStream.of(dims).reduce(1, (a, b) -> a * b);
        for (DType type : List.of(DType.FLOAT32, DType.UINT8, DType.FLOAT64, DType.FLOAT16)) {
            Tensor x = numbers(type, dims);
            Tensor expected = Reference.one(new Shaping.Gather(axis), x, indices);
            for (Team team : TEAMS) {
                Memory out = new Memory(type, expected.shape());
                MoveKernels.gather(team, type.bytes(), selection(x, axis, indices), Memory.of(x).pointer(), out.pointer()).run();
                assertArrayEquals(bytes(expected), bytes(out.tensor()));
            }
        }
        Tensor x = Expect.normal(n, 1, dims);
        Tensor gathered = Reference.one(new Shaping.Gather(axis), x, indices);
        Tensor expected = Reference.one(new Shaping.GatherGradient(axis, x.shape()), gathered, indices);
        for (Team team : TEAMS) {
            Memory out = new Memory(DType.FLOAT32, x.shape());
            MoveKernels.gatherGradient(team, selection(x, axis, indices), Memory.of(gathered).pointer(), out.pointer()).run();
            // At most 23 numbers below 6 in one sum.
            Expect.close(expected, out.tensor(), 0, 23 * 23 * 6 * 0x1p-24, "gradient " + x.shape() + " " + axis);
        }
    }

    @Test
    void wrongIndicesAreNamed() {
        Tensor x = numbers(DType.FLOAT32, 4, 3);
        Kernel kernel = MoveKernels.gather(TWO, 4, selection(x, 0, Tensor.of(new long[] {0, -4, 4})), Memory.of(x).pointer(),
                Memory.floats(3, 3).pointer());
        Exception e = assertThrows(IllegalArgumentException.class, kernel::run);
        assertEquals("gather \"rows\": index 4 at position 2 is outside an axis of extent 4.", e.getMessage());
    }
}
