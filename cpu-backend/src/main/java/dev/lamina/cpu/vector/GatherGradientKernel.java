package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

/** Sums rows into the places they were gathered from. Threads share out columns, so rows are added in order of indices. */
final class GatherGradientKernel implements Kernel, Team.Task {
    /** Columns that go to one thread: a cache line. */
    private static final long STRIP = 16;
    private final Team team;
    private final MoveKernels.Selection selection;
    private final SelectedRows rows;
    private final Pointer gradient;
    private final Pointer sums;

    GatherGradientKernel(Team team, MoveKernels.Selection selection, Pointer gradient, Pointer sums) {
        this.team = team;
        this.selection = selection;
        this.rows = new SelectedRows(selection);
        this.gradient = gradient;
        this.sums = sums;
    }

    @Override
    public void run() {
        rows.check();
        if (selection.outer() * (selection.count() + selection.extent()) * selection.inner() < ChainKernel.ALONE) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long inner = selection.inner();
        long strips = Math.ceilDiv(inner, STRIP);
        long first = Team.start(strips, thread, threads) * STRIP;
        int n = (int) (Math.min(inner, Team.start(strips, thread + 1, threads) * STRIP) - first);
        if (n <= 0) {
            return;
        }
        long rowBytes = inner * Float.BYTES;
        for (long o = 0; o < selection.outer(); o++) {
            long to = sums.address() + o * selection.extent() * rowBytes + first * Float.BYTES;
            long from = gradient.address() + o * selection.count() * rowBytes + first * Float.BYTES;
            for (long k = 0; k < selection.extent(); k++) {
                Rows.fill(0, to + k * rowBytes, n);
            }
            for (long i = 0; i < selection.count(); i++) {
                add(from + i * rowBytes, to + rows.at(i) * rowBytes, n);
            }
        }
    }

    private static void add(long from, long to, int n) {
        int whole = n / Raw.LANES * Raw.LANES;
        ArithmeticTiles.add(from, to, to, whole);
        for (int i = whole; i < n; i++) {
            ALL.set(Rows.FLOAT, to + 4L * i, ALL.get(Rows.FLOAT, to + 4L * i) + ALL.get(Rows.FLOAT, from + 4L * i));
        }
    }
}
