package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.FLOATS;
import static jdk.incubator.vector.FloatVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponentials and logarithms within 1.25 units in the last place, subnormal results and arguments included. Only operations whose result
 * is fixed to the last bit are used, so lanes do not influence each other and interpreted, compiled, cold and warm code agree, as they do
 * not with {@link VectorOperators#EXP} and its kin. The polynomials are minimax, by Remez's algorithm, rounded to float32.
 */
final class FloatMath {
    private static final int SIGN = 0x80000000;
    private static final int MANTISSA = 23;
    private static final int BIAS = 127;
    /** Adding this rounds to an integer, which is then in the low bits. */
    private static final float WHOLE = 0x1.8p23f;
    private static final int WHOLE_BITS = 0x4b400000;
    private static final float LOG2_E = 1.44269504f;
    /** ln 2 to 15 bits, so that its product with an exponent is exact, and the rest. */
    private static final float LN2_HIGH = 0x1.62e4p-1f;
    private static final float LN2_LOW = 1.4286068203094172e-6f;
    /** Beyond these, float32 exponentials are infinite and 0. */
    private static final float HIGHEST = 89;
    private static final float LOWEST = -104;
    /** Below this, expm1 is -1. */
    private static final float MINUS_ONE = -25;
    /** Up to this, expm1 is its argument. */
    private static final float LINEAR = 0x1p-25f;
    /** {@code (e^r - 1 - r) / r²}, |r| <= ln 2 / 2, to 2^-32 of r. */
    private static final float E0 = 0.5f;
    private static final float E1 = 0.1666666716337204f;
    private static final float E2 = 0.04166635498404503f;
    private static final float E3 = 0.008333273231983185f;
    private static final float E4 = 0.0013941008364781737f;
    private static final float E5 = 0.00019914170843549073f;
    /** Bits of √½: mantissas are taken from there to √2. */
    private static final int ROOT_HALF_BITS = 0x3f3504f3;
    /** {@code (log(1 + f) - f) / f²} between those, to 2^-28 of f. */
    private static final float L0 = -0.49999988079071045f;
    private static final float L1 = 0.3333330750465393f;
    private static final float L2 = -0.2500152289867401f;
    private static final float L3 = 0.2000301629304886f;
    private static final float L4 = -0.16611149907112122f;
    private static final float L5 = 0.14163468778133392f;
    private static final float L6 = -0.13208793103694916f;
    private static final float L7 = 0.13004834949970245f;
    private static final float L8 = -0.07823386043310165f;
    /** From here on log1p scales its argument. */
    private static final float LARGE = 0x1p60f;
    private static final float SHRINK = 0x1p-32f;
    private static final float SHRUNK = 32;
    /** {@code (tanh(x) / x - 1) / x²} in powers of x² up to {@link #TANH_SMALL}, to 2^-28. */
    private static final float T0 = -0.3333328366279602f;
    private static final float T1 = 0.133314847946167f;
    private static final float T2 = -0.053742915391922f;
    private static final float T3 = 0.020648574456572533f;
    private static final float T4 = -0.005714687053114176f;
    private static final float TANH_SMALL = 0.625f;

    private FloatMath() { }

    /** {@code e^x}. */
    static FloatVector exp(FloatVector x) {
        FloatVector in = x.blend(HIGHEST, x.compare(VectorOperators.GT, HIGHEST)).blend(LOWEST, x.compare(VectorOperators.LT, LOWEST));
        FloatVector shifted = in.fma(broadcast(FLOATS, LOG2_E), broadcast(FLOATS, WHOLE));
        FloatVector r = remainder(in, shifted.sub(WHOLE));
        IntVector n = shifted.reinterpretAsInts().sub(WHOLE_BITS);
        // In two steps, of which the last may overflow, or round a subnormal result.
        IntVector half = n.lanewise(VectorOperators.ASHR, 1);
        return r.mul(r).fma(curve(r), r).add(1).mul(power(half)).mul(power(n.sub(half)));
    }

    /** {@code e^x - 1}; zeros keep their sign. */
    static FloatVector expm1(FloatVector x) {
        FloatVector in = x.blend(HIGHEST, x.compare(VectorOperators.GT, HIGHEST)).blend(MINUS_ONE, x.compare(VectorOperators.LT, MINUS_ONE));
        FloatVector shifted = in.fma(broadcast(FLOATS, LOG2_E), broadcast(FLOATS, WHOLE));
        FloatVector r = remainder(in, shifted.sub(WHOLE));
        // 2^n = s would overflow for the largest arguments: half of the result first.
        FloatVector s = power(shifted.reinterpretAsInts().sub(WHOLE_BITS + 1));
        FloatVector base = s.sub(0.5f);
        FloatVector sum = s.fma(r, base);
        FloatVector lost = s.fma(r, base.sub(sum));
        FloatVector half = sum.add(s.fma(r.mul(r).mul(curve(r)), lost));
        return half.add(half).blend(x, x.abs().compare(VectorOperators.LT, LINEAR));
    }

    /** x less n times ln 2. */
    private static FloatVector remainder(FloatVector x, FloatVector n) {
        return n.fma(broadcast(FLOATS, -LN2_LOW), n.fma(broadcast(FLOATS, -LN2_HIGH), x));
    }

    /** {@code (e^r - 1 - r) / r²}. */
    private static FloatVector curve(FloatVector r) {
        FloatVector q = broadcast(FLOATS, E5).fma(r, broadcast(FLOATS, E4)).fma(r, broadcast(FLOATS, E3));
        return q.fma(r, broadcast(FLOATS, E2)).fma(r, broadcast(FLOATS, E1)).fma(r, broadcast(FLOATS, E0));
    }

    /** {@code 2^n}, a normal number. */
    private static FloatVector power(IntVector n) {
        return n.add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
    }

    /** The natural logarithm: NaN below 0, minus infinity at 0. */
    static FloatVector log(FloatVector x) {
        VectorMask<Float> small = x.compare(VectorOperators.LT, Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(0x1p23f), small).reinterpretAsInts();
        IntVector e = exponent(bits);
        FloatVector f = bits.sub(e.lanewise(VectorOperators.LSHL, MANTISSA)).reinterpretAsFloats().sub(1);
        FloatVector n = real(e);
        FloatVector y = log(f, n.blend(n.sub(MANTISSA), small));
        return ends(y, x, x);
    }

    /** {@code log(1 + x)}: NaN below -1, minus infinity at -1; zeros keep their sign. */
    static FloatVector log1p(FloatVector x) {
        VectorMask<Float> large = x.compare(VectorOperators.GT, LARGE);
        FloatVector in = x.blend(x.mul(SHRINK), large);
        FloatVector u = in.add(1);
        IntVector e = exponent(u.reinterpretAsInts());
        FloatVector s = broadcastInt(BIAS).sub(e).lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
        // Only the exponent is of 1 + x rounded; the mantissa has no more than one rounding.
        FloatVector f = in.fma(s, s.sub(1));
        FloatVector n = real(e);
        FloatVector y = log(f, n.blend(n.add(SHRUNK), large));
        return ends(y, u, x).blend(x, x.compare(VectorOperators.EQ, 0));
    }

    private static IntVector broadcastInt(int value) {
        return IntVector.broadcast(IntVector.SPECIES_PREFERRED, value);
    }

    /** The e with {@code √½ <= u 2^-e < √2} of a normal number. */
    private static IntVector exponent(IntVector bits) {
        return bits.sub(ROOT_HALF_BITS).lanewise(VectorOperators.ASHR, MANTISSA);
    }

    /** A small integer as float32. */
    private static FloatVector real(IntVector n) {
        return n.add(WHOLE_BITS).reinterpretAsFloats().sub(WHOLE);
    }

    /** {@code log(1 + f) + n ln 2}; what is lost in adding f to the largest part is kept. */
    private static FloatVector log(FloatVector f, FloatVector n) {
        FloatVector w = broadcast(FLOATS, L8).fma(f, broadcast(FLOATS, L7)).fma(f, broadcast(FLOATS, L6));
        w = w.fma(f, broadcast(FLOATS, L5)).fma(f, broadcast(FLOATS, L4)).fma(f, broadcast(FLOATS, L3));
        w = w.fma(f, broadcast(FLOATS, L2)).fma(f, broadcast(FLOATS, L1)).fma(f, broadcast(FLOATS, L0));
        FloatVector low = n.fma(broadcast(FLOATS, LN2_LOW), f.mul(f).mul(w));
        FloatVector high = n.mul(LN2_HIGH);
        FloatVector sum = high.add(f);
        return sum.add(high.sub(sum).add(f).add(low));
    }

    /** Puts the logarithms of zero, infinity, negative numbers and NaN in their places; u has the zeros and signs, x the infinities. */
    private static FloatVector ends(FloatVector y, FloatVector u, FloatVector x) {
        FloatVector finite = y.blend(Float.NEGATIVE_INFINITY, u.compare(VectorOperators.EQ, 0));
        FloatVector upper = finite.blend(x, x.compare(VectorOperators.EQ, Float.POSITIVE_INFINITY));
        return upper.blend(Float.NaN, u.compare(VectorOperators.GE, 0).not());
    }

    /** The hyperbolic tangent. */
    static FloatVector tanh(FloatVector x) {
        FloatVector size = x.abs();
        FloatVector s = x.mul(x);
        FloatVector p = broadcast(FLOATS, T4).fma(s, broadcast(FLOATS, T3)).fma(s, broadcast(FLOATS, T2));
        p = p.fma(s, broadcast(FLOATS, T1)).fma(s, broadcast(FLOATS, T0));
        FloatVector small = size.mul(s).fma(p, size);
        FloatVector large = broadcast(FLOATS, 1).sub(broadcast(FLOATS, 2).div(exp(size.add(size)).add(1)));
        IntVector y = large.blend(small, size.compare(VectorOperators.LT, TANH_SMALL)).reinterpretAsInts();
        return y.or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
    }
}
