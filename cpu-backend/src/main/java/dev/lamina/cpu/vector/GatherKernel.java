package dev.lamina.cpu.vector;

/** Copies selected rows. */
final class GatherKernel implements Kernel, Team.Task {
    private static final long ALONE_BYTES = 64 << 10;
    private final Team team;
    private final int size;
    private final MoveKernels.Selection selection;
    private final SelectedRows rows;
    private final Pointer x;
    private final Pointer y;

    GatherKernel(Team team, int size, MoveKernels.Selection selection, Pointer x, Pointer y) {
        this.team = team;
        this.size = size;
        this.selection = selection;
        this.rows = new SelectedRows(selection);
        this.x = x;
        this.y = y;
    }

    @Override
    public void run() {
        rows.check();
        if (selection.outer() * selection.count() * selection.inner() * size < ALONE_BYTES) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long all = selection.outer() * selection.count();
        long bytes = selection.inner() * size;
        long last = Team.start(all, thread + 1, threads);
        for (long row = Team.start(all, thread, threads); row < last; row++) {
            long source = row / selection.count() * selection.extent() + rows.at(row % selection.count());
            Planes.copy(size, x.address() + source * bytes, 0, size, y.address() + row * bytes, 0, size, 1, selection.inner());
        }
    }
}
