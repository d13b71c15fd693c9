package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of float32 vectors that the Vector API lacks. Its own functions (exp, log, tanh, ...) are within 1 unit in the last place of the
 * correct value where the JDK has a vector mathematics library. Helpers and the loops around them are kept small: beyond some size the compiler
 * stops inlining (InlineSmallCode, NodeCountInliningCutoff), and vectors that cross a call live on the heap.
 */
final class FloatMath {
    private static final int SIGN = 0x80000000;
    /** From here on every float32 is an integer. */
    private static final float WHOLE = 0x1p23f;
    /** {@code erf(x) / x} in powers of x², |x| < 1, to 2.4 ulp: Chebyshev interpolation. */
    private static final float E0 = 1.1283791273927475f;
    private static final float E1 = -0.3761234978454118f;
    private static final float E2 = 0.1128036440803088f;
    private static final float E3 = -0.02671638509658636f;
    private static final float E4 = 0.00492327766515534f;
    private static final float E5 = -0.000565410585947924f;
    /** {@code erfc(x) e^(x²) / t} in powers of {@code t = 2 / (2 + x)}, x >= 0, to 3.4e-7 of the value: Chebyshev interpolation. */
    private static final float C0 = 0.2820881945177012f;
    private static final float C1 = 0.2823378583478628f;
    private static final float C2 = 0.24342681507853936f;
    private static final float C3 = 0.201196662805364f;
    private static final float C4 = -0.022591424257256597f;
    private static final float C5 = 0.2714708578174303f;
    private static final float C6 = -0.480802683567798f;
    private static final float C7 = 0.28119192820855426f;
    private static final float C8 = -0.058318242623318015f;
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

    /** {@code 1 / (1 + e^-x)} from {@code e = e^-|x|}: no overflow, and small results are accurate too. */
    static FloatVector sigmoid(FloatVector x, FloatVector e) {
        return e.blend(1, x.compare(VectorOperators.GE, 0)).div(e.add(1));
    }

    /** {@code erfc(a) e^(a²)}, a >= 0. */
    static FloatVector scaledErfc(FloatVector a) {
        FloatVector t = all(2).div(a.add(2));
        FloatVector y = all(C8).fma(t, all(C7)).fma(t, all(C6)).fma(t, all(C5)).fma(t, all(C4));
        return y.fma(t, all(C3)).fma(t, all(C2)).fma(t, all(C1)).fma(t, all(C0)).mul(t);
    }

    /** erf(x), |x| < 1. */
    static FloatVector smallErf(FloatVector x) {
        FloatVector s = x.mul(x);
        return all(E5).fma(s, all(E4)).fma(s, all(E3)).fma(s, all(E2)).fma(s, all(E1)).fma(s, all(E0)).mul(x);
    }

    /** The argument of the sigmoid in gelu's tanh approximation, {@code 2 √(2/π) (x + 0.044715 x³)}. */
    static FloatVector geluArgument(FloatVector x) {
        return x.mul(x).mul(x).mul(GELU_CUBE).add(x).mul(GELU_SCALE);
    }

    /** {@code x w}, where minus infinity times nothing is -0. */
    static FloatVector weighted(FloatVector x, FloatVector w) {
        return x.mul(w).blend(-0f, x.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
    }

    /** Zeros among {@code y = a^b} with the base's sign where the exponent is odd; the library drops it where the power underflows. */
    static FloatVector signedPower(FloatVector y, FloatVector a, FloatVector b) {
        FloatVector size = b.abs();
        FloatVector half = size.mul(0.5f).add(WHOLE).sub(WHOLE);
        VectorMask<Float> odd = size.sub(half.add(half)).abs().compare(VectorOperators.EQ, 1);
        return y.blend(copySign(y, a), odd.and(y.compare(VectorOperators.EQ, 0)));
    }
}
