package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loops over tiles for transcendental functions. Lengths are multiples of a vector's; results may be an operand. */
final class FunctionTiles {
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
            store(FloatMath.sigmoid(x), y + 4L * i);
        }
    }

    static void softplus(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatMath.softplus(x), y + 4L * i);
        }
    }

    static void erf(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatMath.erf(x), y + 4L * i);
        }
    }

    static void gelu(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatMath.gelu(x), y + 4L * i);
        }
    }

    static void geluTanh(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatMath.geluTanh(x), y + 4L * i);
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
            store(FloatMath.pow(u, v), y + 4L * i);
        }
    }
}
