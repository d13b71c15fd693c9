package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loops over tiles for transcendental functions. Lengths are multiples of a vector's; results may be an operand. */
final class FunctionTiles {
    private static final float ROOT_HALF = 0.70710678118654752f;

    private FunctionTiles() { }

    static void exp(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.lanewise(VectorOperators.EXP), y + 4L * i);
        }
    }

    static void expm1(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.lanewise(VectorOperators.EXPM1), y + 4L * i);
        }
    }

    static void log(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.lanewise(VectorOperators.LOG), y + 4L * i);
        }
    }

    static void log1p(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.lanewise(VectorOperators.LOG1P), y + 4L * i);
        }
    }

    static void tanh(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.lanewise(VectorOperators.TANH), y + 4L * i);
        }
    }

    static void sigmoid(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatMath.sigmoid(x, FloatMath.exp(x.abs().neg())), y + 4L * i);
        }
    }

    /** {@code max(x, 0) + log1p(e^-|x|)}. */
    static void softplus(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.max(0).add(FloatMath.exp(x.abs().neg()).lanewise(VectorOperators.LOG1P)), y + 4L * i);
        }
    }

    /** The error function, within 1e-7: {@code 1 - erfc(x)} where {@code |x| >= 1}. */
    static void erf(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            FloatVector tail = FloatMath.scaledErfc(x.abs()).mul(FloatMath.exp(x.mul(x).neg()));
            FloatVector right = FloatMath.smallErf(x).blend(tail.neg().add(1), x.compare(VectorOperators.GE, 1));
            store(right.blend(tail.sub(1), x.compare(VectorOperators.LE, -1)), y + 4L * i);
        }
    }

    /** {@code x Φ(x)}, within 1e-7 of {@code max(1, |x|)}. */
    static void gelu(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            FloatVector tail = FloatMath.scaledErfc(x.abs().mul(ROOT_HALF)).mul(FloatMath.exp(x.mul(x).mul(-0.5f))).mul(0.5f);
            FloatVector below = tail.blend(tail.neg().add(1), x.compare(VectorOperators.GE, 0));
            store(FloatMath.weighted(x, below), y + 4L * i);
        }
    }

    /** {@code x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2}. */
    static void geluTanh(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            FloatVector z = FloatMath.geluArgument(x);
            store(FloatMath.weighted(x, FloatMath.sigmoid(z, FloatMath.exp(z.abs().neg()))), y + 4L * i);
        }
    }

    static void elu(long a, long y, float alpha, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.lanewise(VectorOperators.EXPM1).mul(alpha).blend(x, x.compare(VectorOperators.GT, 0)), y + 4L * i);
        }
    }

    static void pow(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(FloatMath.signedPower(u.lanewise(VectorOperators.POW, v), u, v), y + 4L * i);
        }
    }
}
