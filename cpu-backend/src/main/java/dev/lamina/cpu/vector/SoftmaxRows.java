package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.LANES;

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
    private final long inner;
    private final long tileBytes;
    private final Scratch scratch;

    SoftmaxRows(int threads, long n, long inner) {
        this.n = Math.toIntExact(n);
        this.inner = inner;
        rowsPerTile = (int) Math.max(1, TILE / Math.max(1, n));
        tileBytes = Scratch.roundUp(rowsPerTile * n + LANES, LANES) * Float.BYTES;
        scratch = new Scratch(threads, 2 * tileBytes);
    }

    /** Where row {@code k} of the tile, less its largest element, begins. */
    long shifted(int thread, int k) {
        return scratch.address(thread) + (long) k * n * Float.BYTES;
    }

    /** Where the exponentials of row {@code k} of the tile begin. */
    long exponentials(int thread, int k) {
        return scratch.address(thread) + tileBytes + (long) k * n * Float.BYTES;
    }

    /** The sum of the exponentials of row {@code k} of the tile. */
    double sum(int thread, int k) {
        return FoldLoops.row(Reduction.Fold.SUM, exponentials(thread, k), n);
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
            subtract(row, FoldLoops.max(row, n), n);
        }
        ExpTiles.exp(shifted(thread, 0), exponentials(thread, 0), (int) Scratch.roundUp((long) count * n, LANES));
    }

    private static void subtract(long row, float value, int n) {
        for (int i = 0; i < n; i++) {
            ALL.set(Rows.FLOAT, row + 4L * i, ALL.get(Rows.FLOAT, row + 4L * i) - value);
        }
    }

    /** {@code row = row * factor + summand}, in float32. */
    static void scale(long row, float factor, float summand, int n) {
        for (int i = 0; i < n; i++) {
            ALL.set(Rows.FLOAT, row + 4L * i, ALL.get(Rows.FLOAT, row + 4L * i) * factor + summand);
        }
    }
}
