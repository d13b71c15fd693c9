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
 * Exponentials and logarithms of tiles by argument reduction and Chebyshev interpolation, within 2 units in the last place. The Vector API
 * has these functions too, but its interpreted and compiled forms differ in the last bit, so results would depend on when the compiler was
 * done; and on some platforms it has no compiled form. Lengths are multiples of a vector's.
 */
final class ExponentialTiles {
    private static final float LOG2_E = 1.4426950408889634f;
    private static final float LN2_HIGH = 0.693147182464599609375f;
    private static final float LN2_LOW = -1.904654299957767e-9f;
    /** Added, it rounds a small number to an integer, which then stands in the low bits. */
    private static final float ROUNDER = 0x1.8p23f;
    private static final int ROUNDER_BITS = Float.floatToRawIntBits(ROUNDER);
    private static final int BIAS = 127;
    private static final int MANTISSA = 23;
    /** Bits of 2/3: mantissas are taken from [2/3, 4/3). */
    private static final int TWO_THIRDS = 0x3f2aaaab;
    /** {@code (e^r - 1 - r) / r²} in powers of r, |r| <= ln(2)/2, to 8e-9. */
    private static final float P0 = 0.5000000013470306f;
    private static final float P1 = 0.1666657696724758f;
    private static final float P2 = 0.04166646489535402f;
    private static final float P3 = 0.008363181544676431f;
    private static final float P4 = 0.0013933652488004528f;
    /** {@code (log(1 + f) - f + f²/2) / f³} in powers of f, 2/3 <= 1 + f < 4/3, to 3e-9 of the logarithm. */
    private static final float L0 = 0.3333333366880687f;
    private static final float L1 = -0.24999943056917978f;
    private static final float L2 = 0.1999985067814296f;
    private static final float L3 = -0.1667339830585802f;
    private static final float L4 = 0.14296291707337794f;
    private static final float L5 = -0.12287236515834946f;
    private static final float L6 = 0.10851657502943073f;
    private static final float L7 = -0.12429866372386439f;
    private static final float L8 = 0.11619525272440867f;

    private ExponentialTiles() { }

    /** {@code e^x} as {@code 2^k e^r}; the power of two is applied in halves, so that subnormal results come out. */
    static void exp(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER).max(-104).min(89);
            FloatVector t = x.fma(broadcast(FLOATS, LOG2_E), broadcast(FLOATS, ROUNDER));
            FloatVector k = t.sub(ROUNDER);
            FloatVector r = k.fma(broadcast(FLOATS, -LN2_LOW), k.fma(broadcast(FLOATS, -LN2_HIGH), x));
            FloatVector p = broadcast(FLOATS, P4).fma(r, broadcast(FLOATS, P3)).fma(r, broadcast(FLOATS, P2));
            p = p.fma(r, broadcast(FLOATS, P1)).fma(r, broadcast(FLOATS, P0)).fma(r.mul(r), r).add(1);
            IntVector power = t.reinterpretAsInts().sub(ROUNDER_BITS);
            IntVector half = power.lanewise(VectorOperators.ASHR, 1);
            FloatVector first = half.add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
            FloatVector second = power.sub(half).add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
            p.mul(first).mul(second).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code e^x - 1} as {@code 2^k (e^r - 1) + (2^k - 1)}, at half its size, for 2^128 is too large; tiny numbers stay as they are. */
    static void expm1(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector given = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector x = given.max(-20).min(89);
            FloatVector t = x.fma(broadcast(FLOATS, LOG2_E), broadcast(FLOATS, ROUNDER));
            FloatVector k = t.sub(ROUNDER);
            FloatVector r = k.fma(broadcast(FLOATS, -LN2_LOW), k.fma(broadcast(FLOATS, -LN2_HIGH), x));
            FloatVector p = broadcast(FLOATS, P4).fma(r, broadcast(FLOATS, P3)).fma(r, broadcast(FLOATS, P2));
            p = p.fma(r, broadcast(FLOATS, P1)).fma(r, broadcast(FLOATS, P0)).fma(r.mul(r), r);
            IntVector power = t.reinterpretAsInts().sub(ROUNDER_BITS - BIAS + 1);
            FloatVector scale = power.lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
            FloatVector result = p.fma(scale, scale.sub(0.5f)).mul(2);
            result.blend(given, given.abs().compare(VectorOperators.LT, 0x1p-25f)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code k ln 2 + log(1 + f)} with {@code x = 2^k (1 + f)}; subnormal numbers are scaled first. */
    static void log(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            VectorMask<Float> tiny = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
            IntVector bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts();
            IntVector power = bits.sub(TWO_THIRDS).lanewise(VectorOperators.ASHR, MANTISSA);
            FloatVector f = bits.sub(power.lanewise(VectorOperators.LSHL, MANTISSA)).reinterpretAsFloats().sub(1);
            FloatVector k = power.add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER);
            k = k.blend(k.sub(MANTISSA), tiny);
            FloatVector p = broadcast(FLOATS, L8).fma(f, broadcast(FLOATS, L7)).fma(f, broadcast(FLOATS, L6)).fma(f, broadcast(FLOATS, L5));
            p = p.fma(f, broadcast(FLOATS, L4)).fma(f, broadcast(FLOATS, L3)).fma(f, broadcast(FLOATS, L2));
            p = p.fma(f, broadcast(FLOATS, L1)).fma(f, broadcast(FLOATS, L0));
            FloatVector square = f.mul(f);
            FloatVector small = k.fma(broadcast(FLOATS, LN2_LOW), p.fma(square.mul(f), square.mul(-0.5f)));
            FloatVector result = k.fma(broadcast(FLOATS, LN2_HIGH), f.add(small));
            result = result.blend(Float.NaN, x.compare(VectorOperators.LT, 0));
            result = result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0));
            result = result.blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not());
            result.intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code log(1 + x)} like {@link #log}, with what is lost in {@code 1 + x} added to f. */
    static void log1p(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector u = x.add(1);
            FloatVector lost = x.sub(u.sub(1));
            IntVector bits = u.reinterpretAsInts();
            IntVector power = bits.sub(TWO_THIRDS).lanewise(VectorOperators.ASHR, MANTISSA);
            FloatVector shrink = power.min(BIAS).neg().add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
            FloatVector f = bits.sub(power.lanewise(VectorOperators.LSHL, MANTISSA)).reinterpretAsFloats().sub(1).add(lost.mul(shrink));
            FloatVector k = power.add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER);
            FloatVector p = broadcast(FLOATS, L8).fma(f, broadcast(FLOATS, L7)).fma(f, broadcast(FLOATS, L6)).fma(f, broadcast(FLOATS, L5));
            p = p.fma(f, broadcast(FLOATS, L4)).fma(f, broadcast(FLOATS, L3)).fma(f, broadcast(FLOATS, L2));
            p = p.fma(f, broadcast(FLOATS, L1)).fma(f, broadcast(FLOATS, L0));
            FloatVector square = f.mul(f);
            FloatVector small = k.fma(broadcast(FLOATS, LN2_LOW), p.fma(square.mul(f), square.mul(-0.5f)));
            FloatVector result = k.fma(broadcast(FLOATS, LN2_HIGH), f.add(small));
            result = result.blend(Float.NaN, x.compare(VectorOperators.LT, -1));
            result = result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, -1));
            result = result.blend(x, x.compare(VectorOperators.LT, Float.POSITIVE_INFINITY).not().or(x.compare(VectorOperators.EQ, 0)));
            result.intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }
}
