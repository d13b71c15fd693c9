package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.LANES;

import dev.lamina.graph.Reduction;

/**
 * A fold across memory: rows are folded into a tile of results, in float32 for some rows and in double beyond. Work is cut into strips of
 * columns and, where these are few, pieces of rows, whose folds the caller joins in order; the cuts depend on shapes alone.
 */
final class ColumnFold implements Kernel, Team.Task {
    private static final int STRIP = 1024;
    private static final long MANY = 64;
    private static final long PIECE = 1 << 15;
    /** Rows that are summed in float32. */
    private static final int BLOCK = 128;
    private final Team team;
    private final Reduction.Fold fold;
    private final FoldSpace space;
    private final Pointer x;
    private final Pointer y;
    private final int width;
    private final long strips;
    private final long rowsPerPiece;
    private final long pieces;
    private final boolean alone;
    /** A float tile for each thread. */
    private final Scratch tiles;
    /** Double results of each piece of each strip. */
    private final Scratch partial;

    ColumnFold(Team team, Reduction.Fold fold, FoldSpace space, Pointer x, Pointer y) {
        this.team = team;
        this.fold = fold;
        this.space = space;
        this.x = x;
        this.y = y;
        width = (int) Math.min(STRIP, space.keptRun);
        strips = Math.ceilDiv(space.keptRun, width) * space.keptOuter.length;
        long rows = space.count();
        rowsPerPiece = Math.max(1, strips >= MANY ? rows : Math.max(BLOCK, PIECE / width));
        pieces = Math.max(1, Math.ceilDiv(rows, rowsPerPiece));
        alone = space.outputs() * rows < ChainKernel.ALONE;
        tiles = new Scratch(team.threads(), (width + LANES) * (long) Float.BYTES);
        partial = new Scratch(1, strips * pieces * width * Double.BYTES);
    }

    @Override
    public void poison(byte pattern) {
        tiles.fill(pattern);
        partial.fill(pattern);
    }

    @Override
    public void run() {
        if (space.outputs() == 0) {
            return;
        }
        if (alone) {
            run(0, 1);
        } else {
            team.run(this);
        }
        for (long strip = 0; strip < strips && pieces > 1; strip++) {
            for (long p = 1; p < pieces; p++) {
                for (int i = 0; i < width; i++) {
                    join(result(strip, 0) + 8L * i, ALL.get(Rows.DOUBLE, result(strip, p) + 8L * i));
                }
            }
            finish(strip);
        }
    }

    private void join(long into, double value) {
        ALL.set(Rows.DOUBLE, into, FoldLoops.join(fold, ALL.get(Rows.DOUBLE, into), value));
    }

    private long result(long strip, long piece) {
        return partial.address(0) + (strip * pieces + piece) * width * Double.BYTES;
    }

    private int columns(long strip) {
        return (int) Math.min(width, space.keptRun - firstColumn(strip));
    }

    private long firstColumn(long strip) {
        return strip % Math.ceilDiv(space.keptRun, width) * width;
    }

    private int group(long strip) {
        return (int) (strip / Math.ceilDiv(space.keptRun, width));
    }

    private void finish(long strip) {
        long to = y.address() + (group(strip) * space.keptRun + firstColumn(strip)) * Float.BYTES;
        int n = columns(strip);
        for (int i = 0; i < n; i++) {
            ALL.set(Rows.FLOAT, to + 4L * i, FoldLoops.finish(fold, ALL.get(Rows.DOUBLE, result(strip, 0) + 8L * i), space.count()));
        }
    }

    @Override
    public void run(int thread, int threads) {
        long items = strips * pieces;
        long last = Team.start(items, thread + 1, threads);
        for (long item = Team.start(items, thread, threads); item < last; item++) {
            long strip = item / pieces;
            fold(strip, item % pieces, tiles.address(thread), result(strip, item % pieces));
            if (pieces == 1) {
                finish(strip);
            }
        }
    }

    private void fold(long strip, long piece, long tile, long result) {
        int n = columns(strip);
        for (int i = 0; i < n; i++) {
            ALL.set(Rows.DOUBLE, result + 8L * i, FoldLoops.start(fold));
        }
        long from = x.address() + space.keptOuter[group(strip)] + firstColumn(strip) * Float.BYTES;
        long last = Math.min(space.count(), (piece + 1) * rowsPerPiece);
        for (long row = piece * rowsPerPiece; row < last;) {
            long inRun = row % space.foldedRun;
            int m = (int) Math.min(Math.min(BLOCK, last - row), space.foldedRun - inRun);
            Rows.fill((float) FoldLoops.start(fold), tile, n + LANES);
            long at = from + space.foldedOuter[(int) (row / space.foldedRun)] + inRun * space.foldedStride;
            rows(at, m, fast(space.foldedRun - inRun, n), tile, n);
            for (int i = 0; i < n; i++) {
                join(result + 8L * i, ALL.get(Rows.FLOAT, tile + 4L * i));
            }
            row += m;
        }
    }

    /** How many of the rows left in a run may be read in whole vectors: reading on from the last ones would leave the operand. */
    private int fast(long left, int n) {
        long beyond = (Scratch.roundUp(n, LANES) - n) * Float.BYTES;
        long slow = beyond == 0 ? 0 : space.foldedStride <= 0 ? left : Math.ceilDiv(beyond, space.foldedStride);
        return Math.clamp(left - slow, 0, BLOCK);
    }

    /** Folds m rows of n elements into a tile, the first {@code fast} of them by whole vectors. */
    private void rows(long at, int m, int fast, long tile, int n) {
        int whole = (int) Scratch.roundUp(n, LANES);
        long stride = space.foldedStride;
        int k = 0;
        switch (fold) {
            case SUM, MEAN -> {
                for (; k <= Math.min(m, fast) - 4; k += 4) {
                    long p = at + k * stride;
                    FoldLoops.addFour(p, p + stride, p + 2 * stride, p + 3 * stride, tile, whole);
                }
                for (; k < Math.min(m, fast); k++) {
                    ArithmeticTiles.add(at + k * stride, tile, tile, whole);
                }
            }
            case MAX -> {
                for (; k < Math.min(m, fast); k++) {
                    ArithmeticTiles.max(at + k * stride, tile, tile, whole);
                }
            }
            case MIN -> {
                for (; k < Math.min(m, fast); k++) {
                    ArithmeticTiles.min(at + k * stride, tile, tile, whole);
                }
            }
        }
        for (; k < m; k++) {
            FoldLoops.slowly(fold, at + k * stride, tile, n);
        }
    }
}
