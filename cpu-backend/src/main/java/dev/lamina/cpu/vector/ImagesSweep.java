package dev.lamina.cpu.vector;

/**
 * Work on a run of elements whose channels repeat with a period, tile by tile: some rows of one period each, and of each row some lanes.
 * What a tile needs of a channel lies in arrays of one period, read at its first lane.
 *
 * <p>Tiles call the vector library only, no methods of ours that take or give vectors: the compiler must inline the library's, but leaves
 * ours out where a method has become large, and what is passed on is then an object.
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

    /** An array that can hold a value for each lane of a period and be read by whole vectors. */
    static float[] lanes(int period) {
        return new float[period + Raw.LANES];
    }
}
