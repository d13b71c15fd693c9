package dev.lamina.cpu.reference;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Elements;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Moves elements between raw memory and the arrays that kernels compute on. Stateless. */
final class Buffers {
    private static final int CHUNK = 2048;

    private Buffers() { }

    /** Elements {@code start .. start + n - 1} as doubles, to {@code into[from ..]}. */
    static void load(MemorySegment memory, DType dtype, long start, double[] into, int from, int n) {
        if (dtype == DType.FLOAT64) {
            MemorySegment.copy(memory, ValueLayout.JAVA_DOUBLE, start * Double.BYTES, into, from, n);
        } else if (dtype == DType.FLOAT32) {
            float[] chunk = new float[Math.min(n, CHUNK)];
            for (int done = 0; done < n; done += CHUNK) {
                int m = Math.min(CHUNK, n - done);
                MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, (start + done) * Float.BYTES, chunk, 0, m);
                for (int i = 0; i < m; i++) {
                    into[from + done + i] = chunk[i];
                }
            }
        } else {
            for (int i = 0; i < n; i++) {
                into[from + i] = Elements.get(memory, dtype, start + i);
            }
        }
    }

    /** The first n elements as doubles. */
    static double[] load(MemorySegment memory, DType dtype, int n) {
        double[] values = new double[n];
        load(memory, dtype, 0, values, 0, n);
        return values;
    }

    /** Stores {@code values[from .. from + n - 1]} at element {@code start} and after, each rounded once. */
    static void store(double[] values, int from, int n, MemorySegment memory, DType dtype, long start) {
        if (dtype == DType.FLOAT64) {
            MemorySegment.copy(values, from, memory, ValueLayout.JAVA_DOUBLE, start * Double.BYTES, n);
        } else if (dtype == DType.FLOAT32) {
            float[] chunk = new float[Math.min(n, CHUNK)];
            for (int done = 0; done < n; done += CHUNK) {
                int m = Math.min(CHUNK, n - done);
                for (int i = 0; i < m; i++) {
                    chunk[i] = (float) values[from + done + i];
                }
                MemorySegment.copy(chunk, 0, memory, ValueLayout.JAVA_FLOAT, (start + done) * Float.BYTES, m);
            }
        } else {
            for (int i = 0; i < n; i++) {
                Elements.set(memory, dtype, start + i, values[from + i]);
            }
        }
    }

    /** Stores all values, each rounded once. */
    static void store(double[] values, MemorySegment memory, DType dtype) {
        store(values, 0, values.length, memory, dtype, 0);
    }

    /** The first n elements as longs, exact for integers and bool. */
    static long[] loadLongs(MemorySegment memory, DType dtype, int n) {
        long[] values = new long[n];
        for (int i = 0; i < n; i++) {
            values[i] = Elements.getLong(memory, dtype, i);
        }
        return values;
    }

    /** Stores all values, wrapped like a Java cast. */
    static void storeLongs(long[] values, MemorySegment memory, DType dtype) {
        for (int i = 0; i < values.length; i++) {
            Elements.setLong(memory, dtype, i, values[i]);
        }
    }

    /** Copies n elements of a size, each sequence with its own start and stride in elements. */
    static void copyRow(int size, MemorySegment from, long start, long stride, MemorySegment to, long toStart, long toStride, int n) {
        if (stride == 1 && toStride == 1) {
            MemorySegment.copy(from, start * size, to, toStart * size, (long) n * size);
            return;
        }
        switch (size) {
            case 1 -> {
                for (int i = 0; i < n; i++) {
                    to.set(ValueLayout.JAVA_BYTE, toStart + i * toStride, from.get(ValueLayout.JAVA_BYTE, start + i * stride));
                }
            }
            case 2 -> {
                for (int i = 0; i < n; i++) {
                    to.setAtIndex(ValueLayout.JAVA_SHORT, toStart + i * toStride,
                            from.getAtIndex(ValueLayout.JAVA_SHORT, start + i * stride));
                }
            }
            case 4 -> {
                for (int i = 0; i < n; i++) {
                    to.setAtIndex(ValueLayout.JAVA_INT, toStart + i * toStride, from.getAtIndex(ValueLayout.JAVA_INT, start + i * stride));
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    to.setAtIndex(ValueLayout.JAVA_LONG, toStart + i * toStride,
                            from.getAtIndex(ValueLayout.JAVA_LONG, start + i * stride));
                }
            }
        }
    }
}
