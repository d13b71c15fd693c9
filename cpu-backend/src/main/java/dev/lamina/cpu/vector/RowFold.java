package dev.lamina.cpu.vector;

import dev.lamina.graph.Reduction;

/**
 * A fold along memory. Results are shared out among threads; where there are few, pieces of them are, whose folds the caller joins in
 * order. Pieces depend on shapes alone, so any number of threads gives the same bits.
 */
final class RowFold implements Kernel, Team.Task {
    /** From this many results on, each is folded by one thread. */
    private static final long MANY = 64;
    private static final long PIECE = 1 << 15;
    private final Team team;
    private final Reduction.Fold fold;
    private final FoldSpace space;
    private final Pointer x;
    private final Pointer y;
    /** Sections of a run. */
    private final long sections;
    private final long sectionLength;
    private final long sectionsPerPiece;
    private final long pieces;
    private final double[] partial;
    private final boolean alone;
    /** A vector for each thread. */
    private final Scratch spill;

    RowFold(Team team, Reduction.Fold fold, FoldSpace space, Pointer x, Pointer y) {
        this.team = team;
        this.fold = fold;
        this.space = space;
        this.x = x;
        this.y = y;
        boolean whole = space.outputs() >= MANY;
        sectionLength = Math.max(1, whole ? space.foldedRun : Math.min(space.foldedRun, PIECE));
        sections = Math.ceilDiv(space.foldedRun, sectionLength);
        long all = sections * space.foldedOuter.length;
        sectionsPerPiece = Math.max(1, whole ? all : PIECE / sectionLength);
        pieces = Math.max(1, Math.ceilDiv(all, sectionsPerPiece));
        partial = new double[Math.toIntExact(pieces == 1 ? 0 : pieces * space.outputs())];
        spill = new Scratch(team.threads(), (long) Raw.LANES * Float.BYTES);
        alone = space.outputs() * space.count() < ChainKernel.ALONE;
    }

    @Override
    public void poison(byte pattern) {
        spill.fill(pattern);
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
        if (pieces > 1) {
            for (int i = 0; i < space.outputs(); i++) {
                double value = FoldLoops.start(fold);
                for (int p = 0; p < pieces; p++) {
                    value = FoldLoops.join(fold, value, partial[(int) (i * pieces + p)]);
                }
                finish(i, value);
            }
        }
    }

    private void finish(long output, double value) {
        Raw.ALL.set(Rows.FLOAT, y.address() + output * Float.BYTES, FoldLoops.finish(fold, value, space.count()));
    }

    @Override
    public void run(int thread, int threads) {
        long items = space.outputs() * pieces;
        long last = Team.start(items, thread + 1, threads);
        for (long item = Team.start(items, thread, threads); item < last; item++) {
            long output = item / pieces;
            double value = piece(output, item % pieces, spill.address(thread));
            if (pieces == 1) {
                finish(output, value);
            } else {
                partial[(int) item] = value;
            }
        }
    }

    private double piece(long output, long piece, long vector) {
        long start = x.address() + space.keptOuter[(int) (output / space.keptRun)] + output % space.keptRun * space.keptStride;
        long last = Math.min(sections * space.foldedOuter.length, (piece + 1) * sectionsPerPiece);
        double value = FoldLoops.start(fold);
        for (long section = piece * sectionsPerPiece; section < last; section++) {
            long first = section % sections * sectionLength;
            long n = Math.min(sectionLength, space.foldedRun - first);
            long from = start + space.foldedOuter[(int) (section / sections)] + first * space.foldedStride;
            value = FoldLoops.join(fold, value, space.foldedStride == Float.BYTES
                    ? FoldLoops.row(fold, from, n, vector) : FoldLoops.strided(fold, from, space.foldedStride, n));
        }
        return value;
    }
}
