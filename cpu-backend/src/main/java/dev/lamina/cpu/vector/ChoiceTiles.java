package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loops over tiles for comparisons and choices; truth values are 0 and 1. Lengths are multiples of a vector's; results may be an operand. */
final class ChoiceTiles {
    private ChoiceTiles() { }

    static void copy(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x, y + 4L * i);
        }
    }

    static void sign(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.blend(1, x.compare(VectorOperators.GT, 0)).blend(-1, x.compare(VectorOperators.LT, 0)), y + 4L * i);
        }
    }

    static void relu(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.blend(0, x.compare(VectorOperators.LE, 0)), y + 4L * i);
        }
    }

    static void leakyRelu(long a, long y, float slope, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.mul(slope).blend(x, x.compare(VectorOperators.GT, 0)), y + 4L * i);
        }
    }

    static void binarize(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatVector.zero(Raw.FLOATS).blend(1, x.compare(VectorOperators.GT, 0)), y + 4L * i);
        }
    }

    static void nonZero(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatVector.zero(Raw.FLOATS).blend(1, x.compare(VectorOperators.NE, 0)), y + 4L * i);
        }
    }

    static void equal(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(FloatVector.zero(Raw.FLOATS).blend(1, u.compare(VectorOperators.EQ, v)), y + 4L * i);
        }
    }

    static void notEqual(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(FloatVector.zero(Raw.FLOATS).blend(1, u.compare(VectorOperators.NE, v)), y + 4L * i);
        }
    }

    static void less(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(FloatVector.zero(Raw.FLOATS).blend(1, u.compare(VectorOperators.LT, v)), y + 4L * i);
        }
    }

    static void lessOrEqual(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(FloatVector.zero(Raw.FLOATS).blend(1, u.compare(VectorOperators.LE, v)), y + 4L * i);
        }
    }

    static void reluGradient(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(FloatVector.zero(Raw.FLOATS).blend(u, v.compare(VectorOperators.GT, 0)), y + 4L * i);
        }
    }

    static void deconvnet(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.max(0), y + 4L * i);
        }
    }

    static void guided(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(FloatVector.zero(Raw.FLOATS).blend(u, v.compare(VectorOperators.GT, 0).and(u.compare(VectorOperators.GT, 0))), y + 4L * i);
        }
    }

    static void where(long c, long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            store(load(b + 4L * i).blend(load(a + 4L * i), load(c + 4L * i).compare(VectorOperators.NE, 0)), y + 4L * i);
        }
    }

    static void toUint8(long a, long y, int n) {
        for (int i = 0; i < n; i++) {
            Raw.ALL.set(Rows.FLOAT, y + 4L * i, (long) Raw.ALL.get(Rows.FLOAT, a + 4L * i) & 0xff);
        }
    }

    static void toInt32(long a, long y, int n) {
        for (int i = 0; i < n; i++) {
            Raw.ALL.set(Rows.FLOAT, y + 4L * i, (int) (long) Raw.ALL.get(Rows.FLOAT, a + 4L * i));
        }
    }
}
