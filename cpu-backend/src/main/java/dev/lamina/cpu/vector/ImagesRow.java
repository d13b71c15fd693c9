package dev.lamina.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A thread's arrays for a row of a map that lies by itself, where vectors of channels do not exist. */
final class ImagesRow {
    final float[] values;
    final float[] others;
    final int[] places;
    final long[] keys;

    ImagesRow(int length) {
        values = ImagesSweep.lanes(length);
        others = ImagesSweep.lanes(length);
        places = new int[length + Raw.LANES];
        keys = new long[length];
    }

    static void read(long address, float[] row, int count) {
        MemorySegment.copy(Raw.ALL, ValueLayout.JAVA_FLOAT_UNALIGNED, address, row, 0, count);
    }

    static void read(long address, int[] row, int count) {
        MemorySegment.copy(Raw.ALL, ValueLayout.JAVA_INT_UNALIGNED, address, row, 0, count);
    }

    static void write(float[] row, int count, long address) {
        MemorySegment.copy(row, 0, Raw.ALL, ValueLayout.JAVA_FLOAT_UNALIGNED, address, count);
    }

    static void write(int[] row, int count, long address) {
        MemorySegment.copy(row, 0, Raw.ALL, ValueLayout.JAVA_INT_UNALIGNED, address, count);
    }
}
