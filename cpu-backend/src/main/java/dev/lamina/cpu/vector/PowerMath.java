package dev.lamina.cpu.vector;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Powers of float32 numbers by way of float64, to 0.51 units in the last place, subnormal results included, with the special values of
 * {@link Math#pow}. As in {@link FloatMath}, every operation is fixed to the last bit.
 */
final class PowerMath {
    /** As many float32 numbers as a vector holds float64. */
    static final VectorSpecies<Float> HALF = VectorSpecies.of(float.class,
            VectorShape.forBitSize(DoubleVector.SPECIES_PREFERRED.vectorBitSize() / 2));
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
    private static final int MANTISSA = 52;
    private static final long BIAS = 1023;
    private static final double WHOLE = 0x1.8p52;
    private static final long WHOLE_BITS = 0x4338000000000000L;
    private static final long ROOT_HALF_BITS = 0x3fe6a09e667f3bcdL;
    /** Beyond these exponents of 2, float32 is infinite or 0. */
    private static final double LARGEST = 160;
    /** Floats from 2^24 on are even, infinity among them. */
    private static final double EVEN = 0x1p25;
    /** {@code log2((1 + t) / (1 - t)) / t} in powers of t², to 2^-45. */
    private static final double L0 = 2.88539008177785;
    private static final double L1 = 0.9617966941134019;
    private static final double L2 = 0.577077942346589;
    private static final double L3 = 0.4122092543374293;
    private static final double L4 = 0.31990561169498766;
    private static final double L5 = 0.2829014463165462;
    /** {@code 2^r}, |r| <= 1/2, to 2^-34. */
    private static final double E0 = 0.9999999999616759;
    private static final double E1 = 0.6931471807284739;
    private static final double E2 = 0.24022651198217043;
    private static final double E3 = 0.055504103533855084;
    private static final double E4 = 0.009618027245595203;
    private static final double E5 = 0.0013333922593759646;
    private static final double E6 = 0.00015469293755777228;
    private static final double E7 = 1.5201919291311518e-05;

    private PowerMath() { }

    /** {@code base^exponent} of {@link #HALF} vectors. */
    static FloatVector pow(FloatVector base, FloatVector exponent) {
        DoubleVector u = (DoubleVector) base.convertShape(VectorOperators.F2D, DOUBLES, 0);
        DoubleVector v = (DoubleVector) exponent.convertShape(VectorOperators.F2D, DOUBLES, 0);
        DoubleVector power = exp2(log2(u.abs()).mul(v));
        DoubleVector y = negative(power, u, v).blend(1, v.compare(VectorOperators.EQ, 0));
        return (FloatVector) y.convertShape(VectorOperators.D2F, HALF, 0);
    }

    /** The base 2 logarithm of what is not negative. */
    private static DoubleVector log2(DoubleVector x) {
        LongVector bits = x.reinterpretAsLongs();
        LongVector e = bits.sub(ROOT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA);
        DoubleVector m = bits.sub(e.lanewise(VectorOperators.LSHL, MANTISSA)).reinterpretAsDoubles();
        DoubleVector t = m.sub(1).div(m.add(1));
        DoubleVector s = t.mul(t);
        DoubleVector q = all(L5).fma(s, all(L4)).fma(s, all(L3)).fma(s, all(L2)).fma(s, all(L1)).fma(s, all(L0));
        DoubleVector y = t.fma(q, e.add(WHOLE_BITS).reinterpretAsDoubles().sub(WHOLE));
        return y.blend(Double.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0))
                .blend(x, x.compare(VectorOperators.LT, Double.POSITIVE_INFINITY).not());
    }

    /** {@code 2^x}, infinite or 0 as float32 where that is. */
    private static DoubleVector exp2(DoubleVector x) {
        DoubleVector in = x.blend(LARGEST, x.compare(VectorOperators.GT, LARGEST)).blend(-LARGEST, x.compare(VectorOperators.LT, -LARGEST));
        DoubleVector shifted = in.add(WHOLE);
        DoubleVector r = in.sub(shifted.sub(WHOLE));
        DoubleVector p = all(E7).fma(r, all(E6)).fma(r, all(E5)).fma(r, all(E4)).fma(r, all(E3)).fma(r, all(E2)).fma(r, all(E1));
        LongVector n = shifted.reinterpretAsLongs().sub(WHOLE_BITS - BIAS);
        return p.fma(r, all(E0)).mul(n.lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsDoubles());
    }

    private static DoubleVector all(double value) {
        return DoubleVector.broadcast(DOUBLES, value);
    }

    /** Gives |u|^v the sign that u^v has, or none. */
    private static DoubleVector negative(DoubleVector power, DoubleVector u, DoubleVector v) {
        DoubleVector size = v.abs().blend(EVEN, v.abs().compare(VectorOperators.GT, EVEN));
        DoubleVector half = size.mul(0.5);
        VectorMask<Double> broken = size.add(WHOLE).sub(WHOLE).compare(VectorOperators.NE, size);
        VectorMask<Double> odd = half.add(WHOLE).sub(WHOLE).compare(VectorOperators.NE, half).andNot(broken);
        DoubleVector signed = power.blend(power.neg(), odd.and(u.test(VectorOperators.IS_NEGATIVE)));
        VectorMask<Double> inside = u.compare(VectorOperators.LT, 0).and(u.compare(VectorOperators.GT, Double.NEGATIVE_INFINITY));
        return signed.blend(Double.NaN, inside.and(broken));
    }
}
