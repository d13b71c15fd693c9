package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of float32 vectors that the Vector API lacks. Its own functions (exp, log, tanh, ...) are within 1 unit in the last place of the
 * correct value where the JDK has a vector mathematics library.
 */
final class FloatMath {
    private static final int SIGN = 0x80000000;
    /** From here on every float32 is an integer. */
    private static final float WHOLE = 0x1p23f;
    /** {@code erf(x) / x} in powers of x², |x| < 1, to 2.4 ulp: Chebyshev interpolation. */
    private static final float E0 = 1.128379165881503f;
    private static final float E1 = -0.3761262690358026f;
    private static final float E2 = 0.1128359746348762f;
    private static final float E3 = -0.026854328796097966f;
    private static final float E4 = 0.005189311942816789f;
    private static final float E5 = -0.0008018854994471358f;
    private static final float E6 = 7.882497117285081e-05f;
    /** {@code erfc(x) e^(x²) / t} in powers of {@code t = 2 / (2 + x)}, x >= 0, to 2.8e-7 of the value: Chebyshev interpolation. */
    private static final float C0 = 0.28205666867300805f;
    private static final float C1 = 0.2830328582146988f;
    private static final float C2 = 0.2369822845878009f;
    private static final float C3 = 0.23424079541888557f;
    private static final float C4 = -0.12613776790928946f;
    private static final float C5 = 0.4778470382388118f;
    private static final float C6 = -0.7434302036177972f;
    private static final float C7 = 0.48775001108029525f;
    private static final float C8 = -0.1497589749523509f;
    private static final float C9 = 0.01741728234669335f;
    private static final float ROOT_HALF = 0.70710678118654752f;
    /** {@code 2 √(2/π)}: the tanh approximation of gelu is {@code x sigmoid} of it times {@code x + 0.044715 x³}. */
    private static final float GELU_SCALE = 1.5957691216057308f;
    private static final float GELU_CUBE = 0.044715f;

    private FloatMath() { }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(FLOATS, value);
    }

    static FloatVector exp(FloatVector x) {
        return x.lanewise(VectorOperators.EXP);
    }

    /** The magnitude of one vector with the signs of another. */
    static FloatVector copySign(FloatVector magnitude, FloatVector sign) {
        IntVector signs = sign.reinterpretAsInts().and(SIGN);
        return magnitude.reinterpretAsInts().and(~SIGN).or(signs).reinterpretAsFloats();
    }

    /** To the nearest integer, ties to even; NaN, infinities and the zero's sign stay. */
    static FloatVector round(FloatVector x) {
        FloatVector a = x.abs();
        FloatVector rounded = a.add(WHOLE).sub(WHOLE);
        return copySign(a.blend(rounded, a.compare(VectorOperators.LT, WHOLE)), x);
    }

    /** To the next integer below; NaN, infinities and the zero's sign stay. */
    static FloatVector floor(FloatVector x) {
        FloatVector near = round(x);
        return copySign(near.sub(1), x).blend(near, near.compare(VectorOperators.GT, x).not());
    }

    /** {@code 1 / (1 + e^-x)} without overflow, accurate for small results too. */
    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        return e.blend(1, x.compare(VectorOperators.GE, 0)).div(e.add(1));
    }

    /** {@code max(x, 0) + log1p(e^-|x|)}. */
    static FloatVector softplus(FloatVector x) {
        return x.max(0).add(exp(x.abs().neg()).lanewise(VectorOperators.LOG1P));
    }

    /** {@code erfc(a) e^(a²)}, a >= 0. */
    private static FloatVector scaledErfc(FloatVector a) {
        FloatVector t = all(2).div(a.add(2));
        FloatVector y = all(C9).fma(t, all(C8)).fma(t, all(C7)).fma(t, all(C6)).fma(t, all(C5)).fma(t, all(C4));
        return y.fma(t, all(C3)).fma(t, all(C2)).fma(t, all(C1)).fma(t, all(C0)).mul(t);
    }

    /** The error function, within 1e-7. */
    static FloatVector erf(FloatVector x) {
        FloatVector s = x.mul(x);
        FloatVector near = all(E6).fma(s, all(E5)).fma(s, all(E4)).fma(s, all(E3)).fma(s, all(E2)).fma(s, all(E1)).fma(s, all(E0)).mul(x);
        FloatVector far = all(1).sub(scaledErfc(x.abs()).mul(exp(s.neg())));
        return near.blend(copySign(far, x), x.abs().compare(VectorOperators.GE, 1));
    }

    /** {@code x Φ(x)}, within 1e-7 of {@code max(1, |x|)}. */
    static FloatVector gelu(FloatVector x) {
        FloatVector tail = scaledErfc(x.abs().mul(ROOT_HALF)).mul(exp(x.mul(x).mul(-0.5f))).mul(0.5f);
        return weighted(x, tail.blend(all(1).sub(tail), x.compare(VectorOperators.GE, 0)));
    }

    /** {@code x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2}. */
    static FloatVector geluTanh(FloatVector x) {
        return weighted(x, sigmoid(x.mul(x).mul(x).mul(GELU_CUBE).add(x).mul(GELU_SCALE)));
    }

    /** {@code x w}, where minus infinity times nothing is -0. */
    private static FloatVector weighted(FloatVector x, FloatVector w) {
        return x.mul(w).blend(-0f, x.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
    }

    /** {@code a^b}; the library drops the sign where a negative base with an odd exponent underflows. */
    static FloatVector pow(FloatVector a, FloatVector b) {
        FloatVector y = a.lanewise(VectorOperators.POW, b);
        FloatVector half = b.mul(0.5f);
        VectorMask<Float> odd = round(b).compare(VectorOperators.EQ, b).and(round(half).compare(VectorOperators.NE, half))
                .and(b.abs().compare(VectorOperators.LT, 2 * WHOLE));
        VectorMask<Float> zero = y.compare(VectorOperators.EQ, 0);
        return y.blend(copySign(y, a), odd.and(zero));
    }
}
