package dev.lamina.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Typed access to one element of raw memory, in the byte order of this machine, by element index. Memory must be aligned. */
public final class Elements {
    static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT;
    static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE;
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT;
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT;

    private Elements() { }

    /** The element as a double; int64 beyond 2^53 is rounded. */
    public static double get(MemorySegment memory, DType dtype, long index) {
        return switch (dtype) {
            case FLOAT32 -> memory.getAtIndex(F32, index);
            case FLOAT64 -> memory.getAtIndex(F64, index);
            case BFLOAT16 -> HalfFloats.bfloat16ToFloat(memory.getAtIndex(I16, index));
            case FLOAT16 -> Float.float16ToFloat(memory.getAtIndex(I16, index));
            case INT32 -> memory.getAtIndex(I32, index);
            case INT64 -> memory.getAtIndex(I64, index);
            case UINT8 -> memory.get(U8, index) & 0xff;
            case BOOL -> memory.get(U8, index) != 0 ? 1 : 0;
        };
    }

    /** The element as a long; floating values are truncated toward zero. */
    public static long getLong(MemorySegment memory, DType dtype, long index) {
        return switch (dtype) {
            case INT64 -> memory.getAtIndex(I64, index);
            case INT32 -> memory.getAtIndex(I32, index);
            case UINT8 -> memory.get(U8, index) & 0xff;
            case FLOAT32, FLOAT64, BFLOAT16, FLOAT16, BOOL -> (long) get(memory, dtype, index);
        };
    }

    /** Stores a value rounded by {@link DType#round}. */
    public static void set(MemorySegment memory, DType dtype, long index, double value) {
        switch (dtype) {
            case FLOAT32 -> memory.setAtIndex(F32, index, (float) value);
            case FLOAT64 -> memory.setAtIndex(F64, index, value);
            case BFLOAT16 -> memory.setAtIndex(I16, index, HalfFloats.toBfloat16(value));
            case FLOAT16 -> memory.setAtIndex(I16, index, HalfFloats.toFloat16(value));
            case INT32 -> memory.setAtIndex(I32, index, (int) (long) value);
            case INT64 -> memory.setAtIndex(I64, index, (long) value);
            case UINT8 -> memory.set(U8, index, (byte) (long) value);
            case BOOL -> memory.set(U8, index, (byte) (value != 0 ? 1 : 0));
        }
    }

    /** Stores an integer, wrapped like a Java cast; exact for int64. */
    public static void setLong(MemorySegment memory, DType dtype, long index, long value) {
        switch (dtype) {
            case INT64 -> memory.setAtIndex(I64, index, value);
            case INT32 -> memory.setAtIndex(I32, index, (int) value);
            case UINT8 -> memory.set(U8, index, (byte) value);
            case BOOL -> memory.set(U8, index, (byte) (value != 0 ? 1 : 0));
            case FLOAT32, FLOAT64, BFLOAT16, FLOAT16 -> set(memory, dtype, index, value);
        }
    }
}
