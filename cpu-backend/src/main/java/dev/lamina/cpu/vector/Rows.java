package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;


import dev.lamina.tensor.DType;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Moves rows of elements between memory and float32 tiles, converting between types. Lengths are arbitrary, strides are in bytes. Ends are
 * scalar loops: masked loads of memory segments are big enough to keep the compiler from inlining what is around them.
 */
final class Rows {
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    /** As many bytes as there are floats in a vector; null where that is no vector. */
    private static final VectorSpecies<Byte> BYTES = LANES < Long.BYTES ? null
            : VectorSpecies.of(byte.class, VectorShape.forBitSize(LANES * Byte.SIZE));

    private Rows() { }

    /** Copies n elements of 4 bytes, bit by bit. */
    static void copy(long from, long to, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            fromMemorySegment(FLOATS, ALL, from + 4L * i, ORDER).intoMemorySegment(ALL, to + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            ALL.set(INT, to + 4L * i, ALL.get(INT, from + 4L * i));
        }
    }

    /** Writes n floats of one value. */
    static void fill(float value, long to, int n) {
        FloatVector all = FloatVector.broadcast(FLOATS, value);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            all.intoMemorySegment(ALL, to + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            ALL.set(FLOAT, to + 4L * i, value);
        }
    }

    /** Loads n elements of a type into a tile. */
    static void read(DType dtype, long from, long stride, long to, int n) {
        if (dtype == DType.FLOAT32 && stride == Float.BYTES) {
            copy(from, to, n);
        } else if (stride == 0) {
            fill(value(dtype, from), to, n);
        } else if (dtype == DType.FLOAT32) {
            for (int i = 0; i < n; i++) {
                ALL.set(FLOAT, to + 4L * i, ALL.get(FLOAT, from + i * stride));
            }
        } else if (dtype == DType.INT32) {
            for (int i = 0; i < n; i++) {
                ALL.set(FLOAT, to + 4L * i, ALL.get(INT, from + i * stride));
            }
        } else {
            int whole = stride == 1 && BYTES != null ? n / LANES * LANES : 0;
            bytes(from, to, whole);
            for (int i = whole; i < n; i++) {
                ALL.set(FLOAT, to + 4L * i, ALL.get(BYTE, from + i * stride) & 0xff);
            }
        }
    }

    private static void bytes(long from, long to, int n) {
        for (int i = 0; i < n; i += LANES) {
            ByteVector narrow = ByteVector.fromMemorySegment(BYTES, ALL, from + i, ORDER);
            Vector<Integer> wide = narrow.convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
            wide.convert(VectorOperators.I2F, 0).intoMemorySegment(ALL, to + 4L * i, ORDER);
        }
    }

    /** One element of a type. */
    static float value(DType dtype, long from) {
        return switch (dtype) {
            case FLOAT32 -> ALL.get(FLOAT, from);
            case INT32 -> ALL.get(INT, from);
            case UINT8, BOOL -> ALL.get(BYTE, from) & 0xff;
            case FLOAT64, BFLOAT16, FLOAT16, INT64 -> throw new IllegalArgumentException("no tile of " + dtype);
        };
    }

    /** Stores n elements of a tile as a type, under {@link DType#round}. */
    static void write(DType dtype, long from, long to, long stride, int n) {
        if (dtype == DType.FLOAT32 && stride == Float.BYTES) {
            copy(from, to, n);
        } else if (dtype == DType.FLOAT32) {
            for (int i = 0; i < n; i++) {
                ALL.set(FLOAT, to + i * stride, ALL.get(FLOAT, from + 4L * i));
            }
        } else if (dtype == DType.INT32) {
            for (int i = 0; i < n; i++) {
                ALL.set(INT, to + i * stride, (int) (long) ALL.get(FLOAT, from + 4L * i));
            }
        } else if (dtype == DType.UINT8) {
            for (int i = 0; i < n; i++) {
                ALL.set(BYTE, to + i * stride, (byte) (long) ALL.get(FLOAT, from + 4L * i));
            }
        } else {
            for (int i = 0; i < n; i++) {
                ALL.set(BYTE, to + i * stride, ALL.get(FLOAT, from + 4L * i) == 0 ? (byte) 0 : (byte) 1);
            }
        }
    }

    /** Repeats the first k floats of a tile until n are written; k must be less than n. */
    static void repeat(long tile, int k, int n) {
        for (int done = k; done < n; done += Math.min(done, n - done)) {
            copy(tile, tile + 4L * done, Math.min(done, n - done));
        }
    }
}
