package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Pointwise;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Exponentials, logarithms, tanh and powers over all of float32 against double precision; independence of place and cut. */
class FunctionTilesTest {
    private static final int TILE = 4096;
    private static final int STRIDE = 9973;
    private static final ThreadTeam TWO = new ThreadTeam(2);
    private static final float[] POWERS = {Float.NaN, 0f, -0f, 1, -1, 2, -2, 3, -3, .5f, -.5f, 1.5f, -1.5f, Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, 1e-40f, -1e-40f,
        8388607, 8388608, 8388609, -8388609, 16777215, -16777215, 16777216, 8388607.5f, -8388607.5f, 4194303.5f, 4194305, 127, 128, -126,
        -149, -150, -151, 0.99999994f, 1.0000001f, -0.99999994f, -1.0000001f, 1e30f, 3e9f};

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    /** Functions, and units in the last place of the exact result by which theirs may be off. */
    enum Function {
        EXP(Code.EXP, (x, _) -> StrictMath.exp(x), 1.1),
        EXPM1(Code.EXPM1, (x, _) -> StrictMath.expm1(x), 1.3),
        LOG(Code.LOG, (x, _) -> StrictMath.log(x), 0.9),
        LOG1P(Code.LOG1P, (x, _) -> StrictMath.log1p(x), 1.5),
        TANH(Code.TANH, (x, _) -> StrictMath.tanh(x), 1.5),
        POW(Code.POW, StrictMath::pow, 0.51);

        final Code code;
        final DoubleBinaryOperator exact;
        final double ulps;

        Function(Code code, DoubleBinaryOperator exact, double ulps) {
            this.code = code;
            this.exact = exact;
            this.ulps = ulps;
        }
    }

    /** Checks a function at {@code TILE} pairs. */
    private static void check(Function function, float[] a, float[] b) {
        try (Arena arena = Arena.ofConfined()) {
            long x = arena.allocate(4 * TILE, 64).address();
            long e = arena.allocate(4 * TILE, 64).address();
            long y = arena.allocate(4 * TILE, 64).address();
            long spare = arena.allocate(8 * TILE, 64).address();
            for (int i = 0; i < TILE; i++) {
                Raw.ALL.set(Rows.FLOAT, x + 4L * i, a[i]);
                Raw.ALL.set(Rows.FLOAT, e + 4L * i, b[i]);
            }
            TileOps.run(function.code, x, e, x, y, spare, 0, 0, TILE);
            for (int i = 0; i < TILE; i++) {
                close(function, a[i], b[i], Raw.ALL.get(Rows.FLOAT, y + 4L * i));
            }
        }
    }

    /** Equal bits where the rounded result is special, else within the limit; overflow and underflow may be off by the last number. */
    private static void close(Function function, float a, float b, float got) {
        double exact = function.exact.applyAsDouble(a, b);
        float rounded = (float) exact;
        boolean special = Double.isNaN(exact) || Double.isInfinite(exact) || exact == 0;
        boolean fits = special || Float.isInfinite(rounded) || rounded == 0 ? Float.compare(rounded, got) == 0
                : Math.abs(got - exact) <= function.ulps * Math.ulp(rounded) && Math.copySign(1, got) == Math.copySign(1, rounded);
        assertTrue(fits, () -> function + "(" + a + ", " + b + "): expected " + exact + ", got " + got);
    }

    @ParameterizedTest
    @EnumSource(Function.class)
    void allOfFloat32(Function function) {
        Random random = new Random(4);
        float[] a = new float[TILE];
        float[] b = new float[TILE];
        for (long bits = 0; bits < 1L << 32;) {
            for (int i = 0; i < TILE; i++) {
                a[i] = Float.intBitsToFloat((int) bits);
                // Exponents whose powers cover the range and a little more, and small integers.
                double range = 106 / Math.abs(StrictMath.log(Math.abs(a[i])));
                b[i] = random.nextInt(8) == 0 ? random.nextInt(21) - 10 : (float) ((random.nextDouble() * 2 - 1) * range);
                bits += STRIDE;
            }
            check(function, a, b);
        }
    }

    /** Every number near the ends of the range, where results overflow, become subnormal or vanish, and about 0 and 1. */
    @ParameterizedTest
    @EnumSource(Function.class)
    void borders(Function function) {
        float[] two = new float[TILE];
        java.util.Arrays.fill(two, 2);
        for (float centre : new float[] {0, Float.MIN_NORMAL, 0x1p-25f, 0x1p-24f, 0.3465736f, 0.625f, 0.70710678f, 1, 1.41421356f, 0x1p24f,
            0x1p60f, 9.0109f, 17.3287f, 25, 87.33655f, 88.37626f, 88.72284f, 89, 103.27893f, 103.97208f, 104, 0x1p127f, 126, 128, 149, 150,
            Float.POSITIVE_INFINITY}) {
            for (int sign : new int[] {0, Integer.MIN_VALUE}) {
                float[] a = new float[TILE];
                for (int i = 0; i < TILE; i++) {
                    a[i] = Float.intBitsToFloat(Math.max(0, Float.floatToRawIntBits(centre) + i - TILE / 2) | sign);
                }
                check(function, function == Function.POW ? two : a, a);
            }
        }
    }

    @Test
    void powersOfSpecialNumbers() {
        float[] a = new float[TILE];
        float[] b = new float[TILE];
        for (int i = 0; i < POWERS.length * POWERS.length; i++) {
            a[i] = POWERS[i / POWERS.length];
            b[i] = POWERS[i % POWERS.length];
        }
        check(Function.POW, a, b);
    }

    static List<Pointwise> functions() {
        return PointwiseOps.all().stream().filter(op -> FunctionBits.FUNCTIONS.contains(Code.of(op))).toList();
    }

    private static float[] run(Team team, Pointwise op, Memory x, int from, int n) {
        Program.Builder builder = new Program.Builder();
        int[] registers = new int[PointwiseOps.operands(op)];
        java.util.Arrays.setAll(registers, _ -> builder.operand(DType.FLOAT32));
        Program program = builder.result(builder.apply(op, registers), DType.FLOAT32).build();
        Pointer[] operands = new Pointer[registers.length];
        java.util.Arrays.setAll(operands, i -> new Pointer(x.address() + 4L * (from + i)));
        Memory y = Memory.floats(n);
        PointwiseKernels.chain(team, program, Iteration.contiguous(n, operands.length, 1), operands, new Pointer[] {y.pointer()}).run();
        return y.floats();
    }

    @ParameterizedTest
    @MethodSource("functions")
    void placeLengthAndThreadsDoNotMatter(Pointwise op) {
        int n = 40_000;
        Tensor values = Expect.anything(n + 1, 8);
        Memory x = Memory.of(values);
        float[] all = run(TWO, op, x, 0, n);
        for (int[] cut : new int[][] {{0, n}, {0, 17_001}, {1, 4096}, {7, 16_500}, {4095, 3}, {39_000, 1000}, {15, 1}, {333, 511}}) {
            for (Team team : new Team[] {Team.single(), TWO}) {
                float[] part = run(team, op, x, cut[0], cut[1]);
                for (int i = 0; i < cut[1]; i++) {
                    assertEquals(Float.floatToIntBits(all[cut[0] + i]), Float.floatToIntBits(part[i]), op + " at " + (cut[0] + i));
                }
            }
        }
    }
}
