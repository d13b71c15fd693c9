package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import jdk.incubator.vector.FloatVector;

/** Loops over tiles for rational functions. Lengths are multiples of a vector's; results may be an operand. */
final class ArithmeticTiles {
    private ArithmeticTiles() { }

    static void negate(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.neg(), y + 4L * i);
        }
    }

    static void abs(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.abs(), y + 4L * i);
        }
    }

    static void sqrt(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.sqrt(), y + 4L * i);
        }
    }

    static void rsqrt(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatVector.broadcast(Raw.FLOATS, 1).div(x.sqrt()), y + 4L * i);
        }
    }

    static void reciprocal(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatVector.broadcast(Raw.FLOATS, 1).div(x), y + 4L * i);
        }
    }

    static void square(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.mul(x), y + 4L * i);
        }
    }

    static void not(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatVector.broadcast(Raw.FLOATS, 1).sub(x), y + 4L * i);
        }
    }

    static void floor(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatMath.floor(x), y + 4L * i);
        }
    }

    static void ceil(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatMath.floor(x.neg()).neg(), y + 4L * i);
        }
    }

    static void round(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(FloatMath.round(x), y + 4L * i);
        }
    }

    static void add(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(u.add(v), y + 4L * i);
        }
    }

    static void subtract(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(u.sub(v), y + 4L * i);
        }
    }

    static void multiply(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(u.mul(v), y + 4L * i);
        }
    }

    static void divide(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(u.div(v), y + 4L * i);
        }
    }

    static void max(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(u.max(v), y + 4L * i);
        }
    }

    static void min(long a, long b, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector u = load(a + 4L * i);
            FloatVector v = load(b + 4L * i);
            store(u.min(v), y + 4L * i);
        }
    }

    static void clip(long a, long y, float low, float high, int n) {
        FloatVector lowest = FloatVector.broadcast(Raw.FLOATS, low);
        FloatVector highest = FloatVector.broadcast(Raw.FLOATS, high);
        for (int i = 0; i < n; i += LANES) {
            FloatVector x = load(a + 4L * i);
            store(x.max(lowest).min(highest), y + 4L * i);
        }
    }
}
