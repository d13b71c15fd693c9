package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lamina.graph.Reduction;
import dev.lamina.tensor.DType;

/**
 * Rows of logits in scratch, some at a time so that short rows fill vectors too: each row less its largest element, and the exponentials.
 * Row r of {@code [outer, n, inner]} is the r-th of {@code outer * inner}.
 */
final class SoftmaxRows {
    private static final long TILE = 2048;
    final int n;
    final int rowsPerTile;
    /** Distance of rows in scratch: whole vectors, filled up with minus infinity, whose exponential is 0. */
    final int width;
    private final long inner;
    private final long tileBytes;
    private final Scratch scratch;

    SoftmaxRows(int threads, long n, long inner) {
        this.n = Math.toIntExact(n);
        this.inner = inner;
        width = Math.toIntExact(Scratch.roundUp(Math.max(1, n), LANES));
        rowsPerTile = (int) Math.max(1, TILE / width);
        tileBytes = (long) rowsPerTile * width * Float.BYTES;
        scratch = new Scratch(threads, 2 * tileBytes + (long) LANES * Float.BYTES);
    }

    /** Sets each byte of the scratch. */
    void poison(byte pattern) {
        scratch.fill(pattern);
    }

    /** Where row {@code k} of the tile, less its largest element, begins. */
    long shifted(int thread, int k) {
        return scratch.address(thread) + (long) k * width * Float.BYTES;
    }

    /** Where the exponentials of row {@code k} of the tile begin. */
    long exponentials(int thread, int k) {
        return scratch.address(thread) + tileBytes + (long) k * width * Float.BYTES;
    }

    /** The sum of the exponentials of row {@code k} of the tile. */
    double sum(int thread, int k) {
        return FoldLoops.row(Reduction.Fold.SUM, exponentials(thread, k), width, scratch.address(thread) + 2 * tileBytes);
    }

    /** Distance of neighbours of a row in memory. */
    long stride() {
        return inner * Float.BYTES;
    }

    /** Bytes from the first logit to the row's first. */
    long offset(long row) {
        return (row / inner * inner * n + row % inner) * Float.BYTES;
    }

    /** Loads rows {@code first .. first + count - 1}, at most a tile's. */
    void load(int thread, long logits, long first, int count) {
        for (int k = 0; k < count; k++) {
            long row = shifted(thread, k);
            Rows.read(DType.FLOAT32, logits + offset(first + k), stride(), row, n);
            Rows.fill(Float.NEGATIVE_INFINITY, row + 4L * n, width - n);
            scale(row, 1, -FoldLoops.max(row, width), width);
        }
        ExpTiles.exp(shifted(thread, 0), exponentials(thread, 0), count * width);
    }

    /** {@code row = row * factor + summand}, on whole vectors. */
    static void scale(long row, float factor, float summand, int width) {
        for (int i = 0; i < width; i += LANES) {
            fromMemorySegment(FLOATS, ALL, row + 4L * i, ORDER).mul(factor).add(summand).intoMemorySegment(ALL, row + 4L * i, ORDER);
        }
    }
}
