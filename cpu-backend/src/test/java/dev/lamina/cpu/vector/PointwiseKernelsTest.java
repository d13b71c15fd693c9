package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Pointwise;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pointwise programs against the reference, over types, lengths, special values and layouts. */
class PointwiseKernelsTest {
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

    static List<Pointwise> ops() {
        return PointwiseOps.all();
    }

    static Program single(Pointwise op, DType[] types, DType result) {
        Program.Builder builder = new Program.Builder();
        int[] registers = Arrays.stream(types).mapToInt(builder::operand).toArray();
        return builder.result(builder.apply(op, registers), result).build();
    }

    static Pointer[] pointers(Memory... memories) {
        return Arrays.stream(memories).map(Memory::pointer).toArray(Pointer[]::new);
    }

    /** Values of a type, special ones included. */
    private static Tensor values(DType type, int n, long seed) {
        Tensor any = Expect.anything(n, seed);
        return switch (type) {
            case FLOAT32 -> any;
            case BOOL -> Expect.normal(n, seed).cast(DType.INT32).cast(DType.BOOL);
            case UINT8, INT32 -> any.cast(type);
            case FLOAT64, BFLOAT16, FLOAT16, INT64 -> throw new IllegalArgumentException(type.toString());
        };
    }

    @ParameterizedTest
    @MethodSource("ops")
    void supportedOpsEqualTheReference(Pointwise op) {
        int cases = 0;
        for (DType type : List.of(DType.FLOAT32, DType.UINT8, DType.BOOL, DType.INT32)) {
            DType[] types = IntStream.range(0, PointwiseOps.operands(op)).mapToObj(i -> PointwiseOps.operand(op, i, type))
                    .toArray(DType[]::new);
            if (!Program.supports(op, types)) {
                continue;
            }
            cases++;
            for (int n : Expect.SIZES) {
                for (Team team : TEAMS) {
                    check(op, types, n, team);
                }
            }
        }
        boolean none = op instanceof Pointwise.Cast(DType to)
                && List.of(DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16, DType.INT64).contains(to);
        assertEquals(none, cases == 0);
    }

    private static void check(Pointwise op, DType[] types, int n, Team team) {
        Tensor[] operands = IntStream.range(0, types.length).mapToObj(i -> values(types[i], n, 7 * n + i)).toArray(Tensor[]::new);
        Tensor expected = Reference.one(op, operands);
        Memory[] in = Arrays.stream(operands).map(Memory::of).toArray(Memory[]::new);
        Memory out = new Memory(PointwiseOps.result(op, types[types.length - 1]), Shape.of(n));
        Program program = single(op, types, out.dtype);
        PointwiseKernels.chain(team, program, Iteration.contiguous(n, types.length, 1), pointers(in), pointers(out)).run();
        String what = op + " of " + Arrays.toString(types) + " " + n;
        if (expected.dtype().isFloating()) {
            Expect.close(expected, out.tensor(), PointwiseOps.ulps(op), PointwiseOps.absolute(op), what);
        } else {
            assertArrayEquals(expected.toLongs(), out.tensor().toLongs(), what);
        }
    }

    /** {@code relu(x * scale + shift) + residual} in many layouts. */
    private static void affine(long[] dims, long[] x, long[] scale, long[] residual, long[] result, Team team) {
        Program.Builder builder = new Program.Builder();
        int a = builder.operand(DType.FLOAT32);
        int s = builder.operand(DType.FLOAT32);
        int r = builder.operand(DType.FLOAT32);
        int product = builder.apply(new Pointwise.Binary(Pointwise.BinaryFunction.MULTIPLY), a, s);
        int sum = builder.apply(new Pointwise.Binary(Pointwise.BinaryFunction.ADD), product, builder.constant(0.25f));
        int relu = builder.apply(new Pointwise.Unary(Pointwise.UnaryFunction.RELU), sum);
        builder.result(builder.apply(new Pointwise.Binary(Pointwise.BinaryFunction.ADD), relu, r), DType.FLOAT32);
        long[][] strides = {x, scale, residual};
        Memory[] in = new Memory[3];
        for (int i = 0; i < 3; i++) {
            int extent = (int) extent(dims, strides[i]);
            in[i] = Memory.of(Expect.normal(extent, i));
        }
        Memory out = Memory.floats(extent(dims, result));
        Iteration space = new Iteration(dims, strides, new long[][] {result});
        PointwiseKernels.chain(team, builder.build(), space, pointers(in), pointers(out)).run();
        float[][] values = Arrays.stream(in).map(Memory::floats).toArray(float[][]::new);
        float[] got = out.floats();
        each(dims, index -> {
            float product2 = values[0][at(index, x)] * values[1][at(index, scale)];
            float expected = Math.max(0, product2 + 0.25f) + values[2][at(index, residual)];
            assertEquals(expected, got[at(index, result)], () -> Arrays.toString(dims) + " at " + Arrays.toString(index));
        });
    }

    private static long extent(long[] dims, long[] strides) {
        long last = 0;
        for (int i = 0; i < dims.length; i++) {
            last += (dims[i] - 1) * strides[i];
        }
        return last + 1;
    }

    private static int at(long[] index, long[] strides) {
        long at = 0;
        for (int i = 0; i < index.length; i++) {
            at += index[i] * strides[i];
        }
        return (int) at;
    }

    private static void each(long[] dims, java.util.function.Consumer<long[]> body) {
        long total = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
        for (long i = 0; i < total; i++) {
            long[] index = new long[dims.length];
            long rest = i;
            for (int k = dims.length - 1; k >= 0; k--) {
                index[k] = rest % dims[k];
                rest /= dims[k];
            }
            body.accept(index);
        }
    }

    @Test
    void everyLayoutGivesTheSameNumbers() {
        for (Team team : TEAMS) {
            affine(new long[] {2, 3, 49, 16}, new long[] {2352, 784, 16, 1}, new long[] {0, 16, 0, 1}, new long[] {2352, 784, 16, 1},
                    new long[] {2352, 784, 16, 1}, team);
            affine(new long[] {640, 10}, new long[] {10, 1}, new long[] {0, 1}, new long[] {1, 0}, new long[] {10, 1}, team);
            affine(new long[] {4, 5, 7, 9}, new long[] {315, 63, 9, 1}, new long[] {0, 1, 0, 0}, new long[] {5, 1, 0, 0},
                    new long[] {315, 1, 45, 5}, team);
            affine(new long[] {50, 60, 20}, new long[] {1, 50, 3000}, new long[] {0, 0, 0}, new long[] {1200, 20, 1},
                    new long[] {1200, 20, 1}, team);
            affine(new long[] {3, 1500}, new long[] {0, 1}, new long[] {1500, 1}, new long[] {3000, 2}, new long[] {1500, 1}, team);
            affine(new long[] {9, 1, 1111}, new long[] {1111, 7, 1}, new long[] {0, 5, 1}, new long[] {0, 0, 0}, new long[] {2222, 0, 2},
                    team);
            affine(new long[] {}, new long[] {}, new long[] {}, new long[] {}, new long[] {}, team);
        }
    }

    @Test
    void negativeStridesRunBackwards() {
        Program program = single(new Pointwise.Unary(Pointwise.UnaryFunction.NEGATE), new DType[] {DType.FLOAT32}, DType.FLOAT32);
        int n = 1000;
        Memory in = Memory.of(Expect.normal(n, 1));
        Memory out = Memory.floats(n);
        Pointer last = new Pointer(in.address() + 4 * (n - 1));
        PointwiseKernels.chain(TWO, program, new Iteration(new long[] {n}, new long[][] {{-1}}, new long[][] {{1}}), new Pointer[] {last},
                pointers(out)).run();
        for (int i = 0; i < n; i++) {
            assertEquals(-in.floats()[n - 1 - i], out.floats()[i]);
        }
    }

    /** Two results in the memory of two operands, each needing both operands. */
    @Test
    void resultsMayTakeOperandsMemory() {
        Program.Builder builder = new Program.Builder();
        int a = builder.operand(DType.FLOAT32);
        int b = builder.operand(DType.FLOAT32);
        int sum = builder.apply(new Pointwise.Binary(Pointwise.BinaryFunction.ADD), a, b);
        int product = builder.apply(new Pointwise.Binary(Pointwise.BinaryFunction.MULTIPLY), a, b);
        Program program = builder.result(sum, DType.FLOAT32).result(product, DType.FLOAT32).result(a, DType.FLOAT32).build();
        for (Team team : TEAMS) {
            for (int n : Expect.SIZES) {
                Tensor x = Expect.normal(n, 1);
                Tensor y = Expect.normal(n, 2);
                Memory first = Memory.of(x);
                Memory second = Memory.of(y);
                Memory third = Memory.floats(n);
                PointwiseKernels.chain(team, program, Iteration.contiguous(n, 2, 3), pointers(first, second),
                        pointers(first, second, third)).run();
                Expect.same(Reference.one(new Pointwise.Binary(Pointwise.BinaryFunction.ADD), x, y), first.tensor(), "sum");
                Expect.same(Reference.one(new Pointwise.Binary(Pointwise.BinaryFunction.MULTIPLY), x, y), second.tensor(), "product");
                Expect.same(x, third.tensor(), "copy");
            }
        }
    }

    @Test
    void swapsWithoutInstructions() {
        Program.Builder builder = new Program.Builder();
        int a = builder.operand(DType.FLOAT32);
        int b = builder.operand(DType.FLOAT32);
        Program program = builder.result(b, DType.FLOAT32).result(a, DType.FLOAT32).build();
        Tensor x = Expect.normal(5000, 1);
        Tensor y = Expect.normal(5000, 2);
        Memory first = Memory.of(x);
        Memory second = Memory.of(y);
        PointwiseKernels.chain(TWO, program, Iteration.contiguous(5000, 2, 2), pointers(first, second), pointers(first, second)).run();
        Expect.same(y, first.tensor(), "first");
        Expect.same(x, second.tensor(), "second");
    }

    /** Forty instructions, all of whose values stay alive to the end. */
    @Test
    void manyRegistersShareScratch() {
        Program.Builder builder = new Program.Builder();
        int x = builder.operand(DType.FLOAT32);
        int one = builder.constant(1);
        int[] steps = new int[40];
        int last = x;
        for (int i = 0; i < steps.length; i++) {
            last = builder.apply(new Pointwise.Binary(Pointwise.BinaryFunction.ADD), last, one);
            steps[i] = last;
        }
        int total = x;
        for (int step : steps) {
            total = builder.apply(new Pointwise.Binary(Pointwise.BinaryFunction.ADD), total, step);
        }
        builder.result(total, DType.FLOAT32);
        int n = 100_003;
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = i % 100;
        }
        Memory in = Memory.of(Tensor.of(values));
        Memory out = Memory.floats(n);
        PointwiseKernels.chain(TWO, builder.build(), Iteration.contiguous(n, 1, 1), pointers(in), pointers(out)).run();
        float[] got = out.floats();
        for (int i = 0; i < n; i++) {
            assertEquals(41 * values[i] + 820, got[i]);
        }
    }

    @Test
    void scalarsAreReadAtEachRunAndPointersMove() {
        Program program = single(new Pointwise.Binary(Pointwise.BinaryFunction.MULTIPLY), new DType[] {DType.FLOAT32, DType.FLOAT32},
                DType.FLOAT32);
        Memory x = Memory.of(Tensor.of(new float[] {1, 2, 3}));
        Memory scale = Memory.of(Tensor.of(new float[] {2, 5}));
        Memory out = Memory.floats(3);
        Pointer moving = scale.pointer();
        Kernel kernel = PointwiseKernels.chain(TWO, program, new Iteration(new long[] {3}, new long[][] {{1}, {0}}, new long[][] {{1}}),
                new Pointer[] {x.pointer(), moving}, pointers(out));
        kernel.run();
        assertArrayEquals(new float[] {2, 4, 6}, out.floats());
        moving.set(scale.address() + 4);
        kernel.run();
        assertArrayEquals(new float[] {5, 10, 15}, out.floats());
    }

    @Test
    void mistakesAreNamed() {
        Program.Builder builder = new Program.Builder();
        Exception e = assertThrows(IllegalArgumentException.class, () -> builder.apply(new Pointwise.Where(), 0));
        assertTrue(e.getMessage().contains("where: takes 3 registers, got 1"), e.getMessage());
        e = assertThrows(IllegalArgumentException.class, () -> builder.operand(DType.INT64));
        assertTrue(e.getMessage().contains("int64"), e.getMessage());
        e = assertThrows(IllegalArgumentException.class,
                () -> new Iteration(new long[] {2}, new long[][] {{1}}, new long[][] {{0}}));
        assertTrue(e.getMessage().contains("more than once"), e.getMessage());
    }
}
