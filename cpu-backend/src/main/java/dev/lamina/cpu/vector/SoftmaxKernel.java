package dev.lamina.cpu.vector;

import dev.lamina.tensor.DType;

/** Softmax or its logarithm. */
final class SoftmaxKernel implements Kernel, Team.Task {
    private final Team team;
    private final boolean logarithm;
    private final long rows;
    private final SoftmaxRows tile;
    private final Pointer x;
    private final Pointer y;

    SoftmaxKernel(Team team, boolean logarithm, long outer, long n, long inner, Pointer x, Pointer y) {
        this.team = team;
        this.logarithm = logarithm;
        this.rows = n == 0 ? 0 : outer * inner;
        this.tile = new SoftmaxRows(team.threads(), n, inner);
        this.x = x;
        this.y = y;
    }

    @Override
    public void poison(byte pattern) {
        tile.poison(pattern);
    }

    @Override
    public void run() {
        if (rows * tile.n < SoftmaxKernels.ALONE) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long last = Team.start(rows, thread + 1, threads);
        for (long row = Team.start(rows, thread, threads); row < last; row += tile.rowsPerTile) {
            int count = (int) Math.min(tile.rowsPerTile, last - row);
            tile.load(thread, x.address(), row, count);
            for (int k = 0; k < count; k++) {
                double sum = tile.sum(thread, k);
                long from = logarithm ? tile.shifted(thread, k) : tile.exponentials(thread, k);
                SoftmaxRows.scale(from, logarithm ? 1 : (float) (1 / sum), logarithm ? (float) -StrictMath.log(sum) : 0, tile.width);
                Rows.write(DType.FLOAT32, from, y.address() + tile.offset(row + k), tile.stride(), tile.n);
            }
        }
    }
}
