package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loops over tiles for comparisons and choices, whose truth values are 0 and 1. Lengths are multiples of a vector's. */
final class ChoiceTiles {
    private ChoiceTiles() { }

    static void copy(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void sign(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector positive = x.blend(1, x.compare(VectorOperators.GT, 0));
            positive.blend(-1, x.compare(VectorOperators.LT, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void relu(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.blend(0, x.compare(VectorOperators.LE, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void leakyRelu(long a, long y, float slope, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.mul(slope).blend(x, x.compare(VectorOperators.GT, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void binarize(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector.zero(FLOATS).blend(1, x.compare(VectorOperators.GT, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void nonZero(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector.zero(FLOATS).blend(1, x.compare(VectorOperators.NE, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void equal(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            FloatVector.zero(FLOATS).blend(1, u.compare(VectorOperators.EQ, v)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void notEqual(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            FloatVector.zero(FLOATS).blend(1, u.compare(VectorOperators.NE, v)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void less(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            FloatVector.zero(FLOATS).blend(1, u.compare(VectorOperators.LT, v)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void lessOrEqual(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            FloatVector.zero(FLOATS).blend(1, u.compare(VectorOperators.LE, v)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void reluGradient(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            FloatVector.zero(FLOATS).blend(u, v.compare(VectorOperators.GT, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void deconvnet(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.max(0).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void guided(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            FloatVector active = FloatVector.zero(FLOATS).blend(u, v.compare(VectorOperators.GT, 0));
            FloatVector.zero(FLOATS).blend(active, active.compare(VectorOperators.GT, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void where(long c, long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector condition = fromMemorySegment(FLOATS, ALL, c + 4L * i, ORDER);
            FloatVector yes = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector no = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            no.blend(yes, condition.compare(VectorOperators.NE, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
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
