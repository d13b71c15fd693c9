package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Loops over tiles for functions made of exponentials, which are taken of a spare tile first. Lengths are multiples of a vector's; results
 * may be an operand, the spare tile may not.
 */
final class FunctionTiles {
    /** {@code (tanh(x) / x - 1) / x²} in powers of x² below {@link #TANH_SMALL}, to 2^-28: minimax. */
    private static final float T0 = -0.3333328366279602f;
    private static final float T1 = 0.133314847946167f;
    private static final float T2 = -0.053742915391922f;
    private static final float T3 = 0.020648574456572533f;
    private static final float T4 = -0.005714687053114176f;
    private static final float TANH_SMALL = 0.625f;
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
    private static final float ROOT_HALF = 0.70710678118654752f;
    private static final int SIGN = 0x80000000;

    private FunctionTiles() { }

    /** The hyperbolic tangent, within 1.5 units in the last place. */
    static void tanh(long a, long spare, long y, int n) {
        doubledSize(a, spare, n);
        ExpTiles.exp(spare, spare, n);
        tanhOf(a, spare, y, n);
    }

    static void sigmoid(long a, long spare, long y, int n) {
        minusSize(a, spare, n);
        ExpTiles.exp(spare, spare, n);
        sigmoidOf(a, spare, y, n);
    }

    /** {@code max(x, 0) + log1p(e^-|x|)}. */
    static void softplus(long a, long spare, long y, int n) {
        minusSize(a, spare, n);
        ExpTiles.exp(spare, spare, n);
        LogTiles.finite1p(spare, spare, n);
        addPositive(a, spare, y, n);
    }

    /** The error function, within 1e-7. */
    static void erf(long a, long spare, long y, int n) {
        minusSquare(a, spare, 1, n);
        ExpTiles.exp(spare, spare, n);
        erfOf(a, spare, y, n);
    }

    /** {@code x Φ(x)}, within 1e-7 of {@code max(1, |x|)}. */
    static void gelu(long a, long spare, long y, int n) {
        minusSquare(a, spare, 0.5f, n);
        ExpTiles.exp(spare, spare, n);
        geluOf(a, spare, y, n);
    }

    /** {@code x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2}, as x times a sigmoid. */
    static void geluTanh(long a, long spare, long y, int n) {
        geluArgument(a, spare, n);
        ExpTiles.exp(spare, spare, n);
        weightOf(a, spare, y, n);
    }

    static void elu(long a, long spare, long y, float alpha, int n) {
        ExpTiles.expm1(a, spare, n);
        eluOf(a, spare, y, alpha, n);
    }

    /** {@code -|x|}. */
    private static void minusSize(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.abs().neg().intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code 2 |x|}. */
    private static void doubledSize(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.abs().mul(2).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code -factor x²}. */
    private static void minusSquare(long a, long y, float factor, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.mul(x).mul(-factor).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** Minus the size of the sigmoid's argument in gelu's tanh approximation. */
    private static void geluArgument(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.mul(x).mul(x).mul(GELU_CUBE).add(x).mul(GELU_SCALE).abs().neg().intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code 1 - 2 / (e + 1)} with {@code e = e^(2|x|)}, or a polynomial near 0, and the sign of x. */
    private static void tanhOf(long a, long exp, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector e = fromMemorySegment(FLOATS, ALL, exp + 4L * i, ORDER);
            FloatVector size = x.abs();
            FloatVector s = x.mul(x);
            FloatVector p = broadcast(FLOATS, T4).fma(s, broadcast(FLOATS, T3)).fma(s, broadcast(FLOATS, T2));
            p = p.fma(s, broadcast(FLOATS, T1)).fma(s, broadcast(FLOATS, T0));
            FloatVector large = broadcast(FLOATS, 1).sub(broadcast(FLOATS, 2).div(e.add(1)));
            FloatVector t = large.blend(size.mul(s).fma(p, size), size.compare(VectorOperators.LT, TANH_SMALL));
            t.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code 1 / (1 + e)}, or {@code e / (1 + e)} below 0, with {@code e = e^-|x|}. */
    private static void sigmoidOf(long a, long exp, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector e = fromMemorySegment(FLOATS, ALL, exp + 4L * i, ORDER);
            e.blend(1, x.compare(VectorOperators.GE, 0)).div(e.add(1)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code max(x, 0) + e}. */
    private static void addPositive(long a, long exp, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector e = fromMemorySegment(FLOATS, ALL, exp + 4L * i, ORDER);
            x.max(0).add(e).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code 1 - erfc(x)} where {@code |x| >= 1}, with {@code e = e^(-x²)}. */
    private static void erfOf(long a, long exp, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector e = fromMemorySegment(FLOATS, ALL, exp + 4L * i, ORDER);
            FloatVector t = broadcast(FLOATS, 2).div(x.abs().add(2));
            FloatVector p = broadcast(FLOATS, C8).fma(t, broadcast(FLOATS, C7)).fma(t, broadcast(FLOATS, C6));
            p = p.fma(t, broadcast(FLOATS, C5)).fma(t, broadcast(FLOATS, C4)).fma(t, broadcast(FLOATS, C3));
            p = p.fma(t, broadcast(FLOATS, C2)).fma(t, broadcast(FLOATS, C1)).fma(t, broadcast(FLOATS, C0));
            FloatVector tail = p.mul(t).mul(e);
            FloatVector s = x.mul(x);
            FloatVector q = broadcast(FLOATS, E5).fma(s, broadcast(FLOATS, E4)).fma(s, broadcast(FLOATS, E3));
            q = q.fma(s, broadcast(FLOATS, E2)).fma(s, broadcast(FLOATS, E1)).fma(s, broadcast(FLOATS, E0)).mul(x);
            q = q.blend(tail.neg().add(1), x.compare(VectorOperators.GE, 1)).blend(tail.sub(1), x.compare(VectorOperators.LE, -1));
            q.intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code x Φ(x)} with {@code e = e^(-x²/2)}; minus infinity gives -0. */
    private static void geluOf(long a, long exp, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector e = fromMemorySegment(FLOATS, ALL, exp + 4L * i, ORDER);
            FloatVector t = broadcast(FLOATS, 2).div(x.abs().mul(ROOT_HALF).add(2));
            FloatVector p = broadcast(FLOATS, C8).fma(t, broadcast(FLOATS, C7)).fma(t, broadcast(FLOATS, C6));
            p = p.fma(t, broadcast(FLOATS, C5)).fma(t, broadcast(FLOATS, C4)).fma(t, broadcast(FLOATS, C3));
            p = p.fma(t, broadcast(FLOATS, C2)).fma(t, broadcast(FLOATS, C1)).fma(t, broadcast(FLOATS, C0));
            FloatVector tail = p.mul(t).mul(e).mul(0.5f);
            FloatVector below = tail.blend(tail.neg().add(1), x.compare(VectorOperators.GE, 0));
            x.mul(below).blend(-0f, x.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** x times a sigmoid from {@code e = e^-|z|}, where z has the sign of x; minus infinity gives -0. */
    private static void weightOf(long a, long exp, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector e = fromMemorySegment(FLOATS, ALL, exp + 4L * i, ORDER);
            FloatVector weight = e.blend(1, x.compare(VectorOperators.GE, 0)).div(e.add(1));
            x.mul(weight).blend(-0f, x.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** x where positive, else {@code alpha e} with {@code e = e^x - 1}. */
    private static void eluOf(long a, long exp, long y, float alpha, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector below = fromMemorySegment(FLOATS, ALL, exp + 4L * i, ORDER).mul(alpha);
            below.blend(x, x.compare(VectorOperators.GT, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }
}
