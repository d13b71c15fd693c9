package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Loops over tiles for exponentials, within 1.25 units in the last place of exact, subnormal results included. They use only operations
 * whose result is fixed to the last bit, so that interpreted and compiled code agree, as they do not with {@link VectorOperators#EXP}. Each
 * is one method without vectors passed to others: the compiler may refuse to inline those, and vectors would go to the heap. Lengths are
 * multiples of a vector's; results may be the operand. Polynomials are minimax, by Remez's algorithm, rounded to float32.
 */
final class ExpTiles {
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
    /** Up to this size, expm1 is its argument. */
    private static final float LINEAR = 0x1p-25f;
    /** {@code (e^r - 1 - r) / r²} in powers of r, |r| <= ln 2 / 2, to 2^-32 of r. */
    private static final float E0 = 0.5f;
    private static final float E1 = 0.1666666716337204f;
    private static final float E2 = 0.04166635498404503f;
    private static final float E3 = 0.008333273231983185f;
    private static final float E4 = 0.0013941008364781737f;
    private static final float E5 = 0.00019914170843549073f;

    private ExpTiles() { }

    /** {@code e^x = 2^n e^r}. */
    static void exp(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector any = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector low = any.blend(HIGHEST, any.compare(VectorOperators.GT, HIGHEST));
            FloatVector x = low.blend(LOWEST, any.compare(VectorOperators.LT, LOWEST));
            FloatVector shifted = x.fma(broadcast(FLOATS, LOG2_E), broadcast(FLOATS, WHOLE));
            FloatVector whole = shifted.sub(WHOLE);
            FloatVector r = whole.fma(broadcast(FLOATS, -LN2_HIGH), x);
            r = whole.fma(broadcast(FLOATS, -LN2_LOW), r);
            FloatVector q = broadcast(FLOATS, E5).fma(r, broadcast(FLOATS, E4)).fma(r, broadcast(FLOATS, E3));
            q = q.fma(r, broadcast(FLOATS, E2)).fma(r, broadcast(FLOATS, E1)).fma(r, broadcast(FLOATS, E0));
            FloatVector p = r.mul(r).fma(q, r).add(1);
            // In two steps, of which the last may overflow, or round a subnormal result.
            IntVector exponent = shifted.reinterpretAsInts().sub(WHOLE_BITS);
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            IntVector first = half.add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA);
            IntVector second = exponent.sub(half).add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA);
            p.mul(first.reinterpretAsFloats()).mul(second.reinterpretAsFloats()).intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }

    /** {@code e^x - 1}; zeros keep their sign. Halves are computed, as 2^n = 2s would overflow for the largest arguments. */
    static void expm1(long a, long y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector any = fromMemorySegment(FLOATS, ALL, a + 4L * i, ORDER);
            FloatVector low = any.blend(HIGHEST, any.compare(VectorOperators.GT, HIGHEST));
            FloatVector x = low.blend(MINUS_ONE, any.compare(VectorOperators.LT, MINUS_ONE));
            FloatVector shifted = x.fma(broadcast(FLOATS, LOG2_E), broadcast(FLOATS, WHOLE));
            FloatVector whole = shifted.sub(WHOLE);
            FloatVector r = whole.fma(broadcast(FLOATS, -LN2_HIGH), x);
            r = whole.fma(broadcast(FLOATS, -LN2_LOW), r);
            FloatVector q = broadcast(FLOATS, E5).fma(r, broadcast(FLOATS, E4)).fma(r, broadcast(FLOATS, E3));
            q = q.fma(r, broadcast(FLOATS, E2)).fma(r, broadcast(FLOATS, E1)).fma(r, broadcast(FLOATS, E0));
            IntVector bits = shifted.reinterpretAsInts().add(BIAS - 1 - WHOLE_BITS).lanewise(VectorOperators.LSHL, MANTISSA);
            FloatVector s = bits.reinterpretAsFloats();
            FloatVector base = s.sub(0.5f);
            FloatVector sum = s.fma(r, base);
            FloatVector lost = s.fma(r, base.sub(sum));
            FloatVector half = sum.add(s.fma(r.mul(r).mul(q), lost));
            FloatVector result = half.add(half).blend(any, any.abs().compare(VectorOperators.LT, LINEAR));
            result.intoMemorySegment(ALL, y + 4L * i, ORDER);
        }
    }
}
