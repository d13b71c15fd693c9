package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.ORDER;

import jdk.incubator.vector.FloatVector;

/**
 * The gradient of a pooling, row by row of the large maps. Each place takes from the windows that cover it, in row-major order: nothing is
 * cleared before, and no two threads write one place. A row is gone through once for each window that some of its places may have, while
 * it is in the nearest cache.
 */
abstract class ImagesGradient extends ImagesPooling {
    /** A gradient between large maps {@code in} and small maps {@code out}. */
    ImagesGradient(Team given, Images in, Images out, ImagesTaps rows, ImagesTaps columns) {
        super(given, in, out, rows, columns, Result.MAPS);
    }

    /**
     * One window of each place of a row, for some channels.
     *
     * @param begins whether this is the first window of these places
     * @param k which window of the columns it is
     * @param windows bytes from a pooled buffer's start to the channels of the first window of its row
     * @param windowRow the row of windows
     * @param result bytes from the result's start to the channels of the row's first place
     * @param row the result's row
     * @param count channels, at most a vector's
     */
    abstract void pass(boolean begins, int k, long windows, int windowRow, long result, int row, int count);

    /** What follows the last window, for all places of a row. */
    abstract void end(long result, int count);

    /** The result's address. */
    abstract long result();

    @Override
    void row(int thread, long unit, int row) {
        int count = Math.min(inner, Raw.LANES);
        for (int c = 0; c < inner; c += count) {
            // The last channels are a whole vector too, which does some of the channels before again.
            block(unit, row, Math.min(c, inner - count), count);
        }
    }

    private void block(long unit, int row, int c, int count) {
        long offset = (long) c * Float.BYTES;
        long result = inMaps(unit, row, 0) + offset;
        int high = rows.covers[row];
        if (high == 0) {
            for (int column = 0; column < columns.extent(); column++) {
                clear(result + column * bytes(), count);
            }
            return;
        }
        for (int column : columns.bare) {
            clear(result + column * bytes(), count);
        }
        for (int p = 0; p < high; p++) {
            int windowRow = rows.window(row, p);
            for (int k = 0; k < columns.covered.length; k++) {
                pass(p == 0 && k == 0, k, inPooled(unit, windowRow, 0) + offset, windowRow, result, row, count);
            }
        }
        end(result, count);
    }

    private void clear(long at, int count) {
        FloatVector zero = FloatVector.zero(Raw.FLOATS);
        if (count == Raw.LANES) {
            zero.intoMemorySegment(ALL, result() + at, ORDER);
        } else {
            zero.intoMemorySegment(ALL, result() + at, ORDER, FLOATS.indexInRange(0, count));
        }
    }
}
