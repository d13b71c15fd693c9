package dev.lamina.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Work on a run of elements whose channels repeat with a period, tile by tile: some rows of one period each, and of each row some lanes.
 * What a tile needs of a channel lies in arrays of one period, read at its first lane.
 */
interface ImagesSweep {
    /** Vectors of a wide tile: enough to hide the latency of a sum, and few enough for the compiler to inline the widest. */
    int WIDE = 2;
    /** Bytes of a vector. */
    int BYTES = Raw.LANES * Float.BYTES;

    /**
     * Works on {@link #WIDE} vectors of each row.
     *
     * @param offset bytes from the first element of the images to the tile's
     * @param stride bytes from row to row
     * @param lane place of the tile's first element in the period
     */
    void wide(long offset, int rows, long stride, int lane);

    /** Works on the first {@code count} lanes of one vector of each row. */
    void narrow(long offset, int rows, long stride, int lane, int count);

    /** The first lanes of a vector. */
    static VectorMask<Float> first(int count) {
        return Raw.FLOATS.indexInRange(0, count);
    }

    /** The masked lanes at an address, zero in the others. */
    static FloatVector load(long address, VectorMask<Float> mask) {
        return FloatVector.fromMemorySegment(Raw.FLOATS, Raw.ALL, address, Raw.ORDER, mask);
    }

    static void store(FloatVector value, long address, VectorMask<Float> mask) {
        value.intoMemorySegment(Raw.ALL, address, Raw.ORDER, mask);
    }

    /** Gradients that pass a rectifier with output y: {@code g 1[y > 0]}, by choice, so that what is stopped may be NaN. */
    static FloatVector passed(FloatVector g, FloatVector y, FloatVector zero) {
        return zero.blend(g, y.compare(VectorOperators.GT, zero));
    }

    /** An array that can hold a value for each lane of a period and be read by whole vectors. */
    static float[] lanes(int period) {
        return new float[period + Raw.LANES];
    }
}
