package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over tiles for powers of float32 numbers by way of float64, to 0.51 units in the last place, subnormal results included, with the
 * special values of {@link Math#pow}. Written as {@link ExpTiles} are and for the same reasons, in passes of moderate size, with masks of
 * float32 only: those of two float64 lanes have no instructions on some processors.
 */
final class PowerTiles {
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    /** As many float32 numbers as a vector holds float64. */
    private static final VectorSpecies<Float> HALF = VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));
    private static final int STEP = DOUBLES.length();
    private static final int MANTISSA = 52;
    private static final long BIAS = 1023;
    /** Adding this rounds to an integer, which is then in the low bits. */
    private static final double WHOLE = 0x1.8p52;
    private static final long WHOLE_BITS = 0x4338000000000000L;
    private static final long ROOT_HALF_BITS = 0x3fe6a09e667f3bcdL;
    /** Beyond these exponents of 2, float32 is infinite or 0. */
    private static final double LARGEST = 160;
    /** From here on every float32 is an integer, so adding it rounds; from twice that on all are even, or infinite. */
    private static final float INTEGER = 0x1p23f;
    private static final float EVEN = 0x1p24f;
    /** {@code log2((1 + t) / (1 - t)) / t} in powers of t², to 2^-45. */
    private static final double L0 = 2.88539008177785;
    private static final double L1 = 0.9617966941134019;
    private static final double L2 = 0.577077942346589;
    private static final double L3 = 0.4122092543374293;
    private static final double L4 = 0.31990561169498766;
    private static final double L5 = 0.2829014463165462;
    /** {@code 2^r} in powers of r, |r| <= 1/2, to 2^-34. */
    private static final double E0 = 0.9999999999616759;
    private static final double E1 = 0.6931471807284739;
    private static final double E2 = 0.24022651198217043;
    private static final double E3 = 0.055504103533855084;
    private static final double E4 = 0.009618027245595203;
    private static final double E5 = 0.0013333922593759646;
    private static final double E6 = 0.00015469293755777228;
    private static final double E7 = 1.5201919291311518e-05;

    private PowerTiles() { }

    /** {@code a^b}; {@code spare} has room for n doubles. */
    static void pow(long a, long b, long spare, long y, int n) {
        log2(a, spare, n);
        exp2(b, spare, n);
        edges(a, b, spare, n);
        signs(a, b, spare, y, n);
    }

    /** The base 2 logarithms of {@code |a|}, as doubles; finite for zeros, infinities and NaN. */
    private static void log2(long a, long logs, int n) {
        for (int i = 0; i < n; i += STEP) {
            FloatVector u = fromMemorySegment(HALF, ALL, a + 4L * i, ORDER);
            DoubleVector x = ((DoubleVector) u.convertShape(VectorOperators.F2D, DOUBLES, 0)).abs();
            LongVector bits = x.reinterpretAsLongs();
            LongVector e = bits.sub(ROOT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA);
            DoubleVector m = bits.sub(e.lanewise(VectorOperators.LSHL, MANTISSA)).reinterpretAsDoubles();
            DoubleVector t = m.sub(1).div(m.add(1));
            DoubleVector s = t.mul(t);
            DoubleVector q = DoubleVector.broadcast(DOUBLES, L5).fma(s, DoubleVector.broadcast(DOUBLES, L4));
            q = q.fma(s, DoubleVector.broadcast(DOUBLES, L3)).fma(s, DoubleVector.broadcast(DOUBLES, L2));
            q = q.fma(s, DoubleVector.broadcast(DOUBLES, L1)).fma(s, DoubleVector.broadcast(DOUBLES, L0));
            DoubleVector whole = e.add(WHOLE_BITS).reinterpretAsDoubles().sub(WHOLE);
            t.fma(q, whole).intoMemorySegment(ALL, logs + 8L * i, ORDER);
        }
    }

    /** {@code 2^(b logs)}, as floats over the doubles: each vector is read before it is written to. */
    private static void exp2(long b, long logs, int n) {
        for (int i = 0; i < n; i += STEP) {
            FloatVector v = fromMemorySegment(HALF, ALL, b + 4L * i, ORDER);
            DoubleVector log = DoubleVector.fromMemorySegment(DOUBLES, ALL, logs + 8L * i, ORDER);
            DoubleVector product = ((DoubleVector) v.convertShape(VectorOperators.F2D, DOUBLES, 0)).mul(log);
            DoubleVector x = product.max(-LARGEST).min(LARGEST);
            DoubleVector shifted = x.add(WHOLE);
            DoubleVector r = x.sub(shifted.sub(WHOLE));
            DoubleVector p = DoubleVector.broadcast(DOUBLES, E7).fma(r, DoubleVector.broadcast(DOUBLES, E6));
            p = p.fma(r, DoubleVector.broadcast(DOUBLES, E5)).fma(r, DoubleVector.broadcast(DOUBLES, E4));
            p = p.fma(r, DoubleVector.broadcast(DOUBLES, E3)).fma(r, DoubleVector.broadcast(DOUBLES, E2));
            p = p.fma(r, DoubleVector.broadcast(DOUBLES, E1)).fma(r, DoubleVector.broadcast(DOUBLES, E0));
            LongVector bits = shifted.reinterpretAsLongs().sub(WHOLE_BITS - BIAS).lanewise(VectorOperators.LSHL, MANTISSA);
            DoubleVector power = p.mul(bits.reinterpretAsDoubles());
            ((FloatVector) power.convertShape(VectorOperators.D2F, HALF, 0)).intoMemorySegment(ALL, logs + 4L * i, ORDER);
        }
    }

    /** Puts 0 or infinity where the base is one of these and the exponent a number, and NaN where the base is. */
    private static void edges(long a, long b, long powers, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER).abs();
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            FloatVector power = fromMemorySegment(FLOATS, ALL, powers + 4L * i, ORDER);
            VectorMask<Float> zero = u.compare(VectorOperators.EQ, 0);
            VectorMask<Float> edge = zero.or(u.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY)).and(v.compare(VectorOperators.EQ, v));
            VectorMask<Float> up = v.compare(VectorOperators.GT, 0).xor(zero);
            power = power.blend(FloatVector.zero(FLOATS).blend(Float.POSITIVE_INFINITY, up), edge);
            power.blend(u, u.compare(VectorOperators.NE, u)).intoMemorySegment(ALL, powers + 4L * i, ORDER);
        }
    }

    /** Gives {@code |a|^b} the sign of {@code a^b}, or NaN where a negative finite base has a broken exponent, or 1 for exponent 0. */
    private static void signs(long a, long b, long powers, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            FloatVector power = fromMemorySegment(FLOATS, ALL, powers + 4L * i, ORDER);
            FloatVector size = v.abs().blend(EVEN, v.abs().compare(VectorOperators.GT, EVEN));
            FloatVector half = size.mul(0.5f);
            VectorMask<Float> whole = size.add(INTEGER).sub(INTEGER).compare(VectorOperators.EQ, size)
                    .or(size.compare(VectorOperators.GE, INTEGER));
            VectorMask<Float> odd = half.add(INTEGER).sub(INTEGER).compare(VectorOperators.NE, half).and(whole);
            FloatVector signed = power.blend(power.neg(), odd.and(u.test(VectorOperators.IS_NEGATIVE)));
            VectorMask<Float> finite = u.compare(VectorOperators.LT, 0).and(u.compare(VectorOperators.GT, Float.NEGATIVE_INFINITY));
            FloatVector real = signed.blend(Float.NaN, finite.andNot(whole));
            real.blend(1, v.compare(VectorOperators.EQ, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }
}
