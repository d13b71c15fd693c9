package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Loops over tiles for rational functions. Lengths are multiples of a vector's; results may be an operand. */
final class ArithmeticTiles {
    private static final int SIGN = 0x80000000;
    /** From here on every float32 is an integer, so adding it rounds. */
    private static final float WHOLE = 0x1p23f;

    private ArithmeticTiles() { }

    static void negate(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.neg().intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void abs(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.abs().intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void sqrt(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.sqrt().intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void rsqrt(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector.broadcast(FLOATS, 1).div(x.sqrt()).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void reciprocal(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector.broadcast(FLOATS, 1).div(x).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void square(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.mul(x).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void not(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector.broadcast(FLOATS, 1).sub(x).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** To the next integer below, by rounding the magnitude; NaN, infinities and the zero's sign stay. */
    static void floor(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector size = x.abs();
            FloatVector near = size.blend(size.add(WHOLE).sub(WHOLE), size.compare(VectorOperators.LT, WHOLE));
            FloatVector signed = near.blend(near.neg(), x.compare(VectorOperators.LT, 0));
            FloatVector low = signed.blend(signed.sub(1), signed.compare(VectorOperators.GT, x));
            low.blend(x, x.compare(VectorOperators.EQ, 0)).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** To the next integer above; negative numbers above -1 give -0. */
    static void ceil(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector size = x.abs();
            FloatVector near = size.blend(size.add(WHOLE).sub(WHOLE), size.compare(VectorOperators.LT, WHOLE));
            FloatVector signed = near.blend(near.neg(), x.compare(VectorOperators.LT, 0));
            FloatVector high = signed.blend(signed.add(1), signed.compare(VectorOperators.LT, x)).abs();
            high.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** To the nearest integer, ties to even; NaN, infinities and the zero's sign stay. */
    static void round(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector size = x.abs();
            FloatVector near = size.blend(size.add(WHOLE).sub(WHOLE), size.compare(VectorOperators.LT, WHOLE));
            near.reinterpretAsInts().or(x.reinterpretAsInts().and(SIGN)).reinterpretAsFloats().intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void add(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            u.add(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void subtract(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            u.sub(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void multiply(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            u.mul(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void divide(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            u.div(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void max(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            u.max(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void min(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector v = fromMemorySegment(FLOATS, ALL, b + 4L * i, ORDER);
            u.min(v).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    static void clip(long a, long y, float low, float high, int n) {
        FloatVector lowest = FloatVector.broadcast(FLOATS, low);
        FloatVector highest = FloatVector.broadcast(FLOATS, high);
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            x.max(lowest).min(highest).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }
}
