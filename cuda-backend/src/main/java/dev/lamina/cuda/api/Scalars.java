package dev.lamina.cuda.api;

import dev.lamina.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;

/** The scale factors 0 and 1 off-heap, where cuBLAS and cuDNN read them during a call. Never written again. */
final class Scalars {
    private static final MemorySegment FLOATS = Arena.global().allocateFrom(ValueLayout.JAVA_FLOAT, 0, 1);
    private static final MemorySegment DOUBLES = Arena.global().allocateFrom(ValueLayout.JAVA_DOUBLE, 0, 1);
    private static final Pointer FLOAT_ZERO = new Raw.Host(FLOATS.address());
    private static final Pointer FLOAT_ONE = new Raw.Host(FLOATS.address() + Float.BYTES);
    private static final Pointer DOUBLE_ZERO = new Raw.Host(DOUBLES.address());
    private static final Pointer DOUBLE_ONE = new Raw.Host(DOUBLES.address() + Double.BYTES);

    private Scalars() { }

    /** 0 in a type of sums, float32 or float64. */
    static Pointer zero(DType sum) {
        return sum == DType.FLOAT64 ? DOUBLE_ZERO : FLOAT_ZERO;
    }

    /** 1 in a type of sums, float32 or float64. */
    static Pointer one(DType sum) {
        return sum == DType.FLOAT64 ? DOUBLE_ONE : FLOAT_ONE;
    }
}
