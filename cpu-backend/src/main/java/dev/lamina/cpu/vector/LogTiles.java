package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Loops over tiles for natural logarithms, within 1.5 units in the last place of exact, subnormal arguments and results included: of
 * {@code 2^e (1 + f)}, with {@code √½ <= 1 + f < √2}. Written as {@link ExpTiles} are and for the same reasons.
 */
final class LogTiles {
    private static final int MANTISSA = 23;
    private static final int BIAS = 127;
    /** Added to the bits of this number, a small integer is added to the number. */
    private static final float WHOLE = 0x1.8p23f;
    private static final int WHOLE_BITS = 0x4b400000;
    /** ln 2 to 15 bits, so that its product with an exponent is exact, and the rest. */
    private static final float LN2_HIGH = 0x1.62e4p-1f;
    private static final float LN2_LOW = 1.4286068203094172e-6f;
    private static final int ROOT_HALF_BITS = 0x3f3504f3;
    /** {@code (log(1 + f) - f) / f²} in powers of f, to 2^-28 of f. */
    private static final float L0 = -0.49999988079071045f;
    private static final float L1 = 0.3333330750465393f;
    private static final float L2 = -0.2500152289867401f;
    private static final float L3 = 0.2000301629304886f;
    private static final float L4 = -0.16611149907112122f;
    private static final float L5 = 0.14163468778133392f;
    private static final float L6 = -0.13208793103694916f;
    private static final float L7 = 0.13004834949970245f;
    private static final float L8 = -0.07823386043310165f;
    /** What makes subnormal numbers normal. */
    private static final float RAISE = 0x1p23f;
    private static final int RAISED = 23;
    /** From here on log1p scales its argument. */
    private static final float LARGE = 0x1p60f;
    private static final float SHRINK = 0x1p-32f;
    private static final int SHRUNK = 32;

    private LogTiles() { }

    /** The logarithm: NaN below 0, minus infinity at 0; {@code spare} has room for n floats and is no operand. */
    static void log(long a, long spare, long y, int n) {
        finite(a, spare, n);
        ends(a, spare, 0, y, n);
    }

    /** {@code log(1 + x)}: NaN below -1, minus infinity at -1; zeros keep their sign. {@code spare} as for log. */
    static void log1p(long a, long spare, long y, int n) {
        finite1p(a, spare, n);
        ends(a, spare, -1, y, n);
    }

    /** Puts in minus infinity for {@code edge}, NaN below it and for NaN, infinity, and other zeros as they are. */
    private static void ends(long a, long logs, float edge, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector log = fromMemorySegment(FLOATS, ALL, logs + 4L * i, ORDER);
            log = log.blend(x, x.compare(VectorOperators.EQ, 0)).blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, edge));
            log = log.blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
            broadcast(FLOATS, Float.NaN).blend(log, x.compare(VectorOperators.GE, edge)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** The logarithms of positive finite numbers. */
    private static void finite(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            VectorMask<Float> small = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
            IntVector bits = x.blend(x.mul(RAISE), small).reinterpretAsInts();
            IntVector e = bits.sub(ROOT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA);
            FloatVector f = bits.sub(e.lanewise(VectorOperators.LSHL, MANTISSA)).reinterpretAsFloats().sub(1);
            FloatVector exponent = e.add(WHOLE_BITS).reinterpretAsFloats().sub(WHOLE);
            exponent = exponent.blend(exponent.sub(RAISED), small);
            FloatVector w = broadcast(FLOATS, L8).fma(f, broadcast(FLOATS, L7)).fma(f, broadcast(FLOATS, L6));
            w = w.fma(f, broadcast(FLOATS, L5)).fma(f, broadcast(FLOATS, L4)).fma(f, broadcast(FLOATS, L3));
            w = w.fma(f, broadcast(FLOATS, L2)).fma(f, broadcast(FLOATS, L1)).fma(f, broadcast(FLOATS, L0));
            FloatVector low = exponent.fma(broadcast(FLOATS, LN2_LOW), f.mul(f).mul(w));
            FloatVector high = exponent.mul(LN2_HIGH);
            FloatVector sum = high.add(f);
            sum.add(high.sub(sum).add(f).add(low)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code log(1 + x)} of finite x > -1 or NaN, but 0 for -0. Only the exponent is of 1 + x rounded, f is rounded once. */
    static void finite1p(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            VectorMask<Float> large = x.compare(VectorOperators.GT, LARGE);
            FloatVector in = x.blend(x.mul(SHRINK), large);
            IntVector e = in.add(1).reinterpretAsInts().sub(ROOT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA);
            FloatVector scale = e.neg().add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
            FloatVector f = in.fma(scale, scale.sub(1));
            FloatVector exponent = e.add(WHOLE_BITS).reinterpretAsFloats().sub(WHOLE);
            exponent = exponent.blend(exponent.add(SHRUNK), large);
            FloatVector w = broadcast(FLOATS, L8).fma(f, broadcast(FLOATS, L7)).fma(f, broadcast(FLOATS, L6));
            w = w.fma(f, broadcast(FLOATS, L5)).fma(f, broadcast(FLOATS, L4)).fma(f, broadcast(FLOATS, L3));
            w = w.fma(f, broadcast(FLOATS, L2)).fma(f, broadcast(FLOATS, L1)).fma(f, broadcast(FLOATS, L0));
            FloatVector low = exponent.fma(broadcast(FLOATS, LN2_LOW), f.mul(f).mul(w));
            FloatVector high = exponent.mul(LN2_HIGH);
            FloatVector sum = high.add(f);
            sum.add(high.sub(sum).add(f).add(low)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }
}
