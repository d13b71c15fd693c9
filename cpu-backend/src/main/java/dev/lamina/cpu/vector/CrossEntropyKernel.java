package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import dev.lamina.graph.Loss;

/** Cross-entropy. Losses of samples are kept in double, and the caller adds them in order. */
final class CrossEntropyKernel implements Kernel, Team.Task {
    private final Team team;
    private final SoftmaxKernels.Samples samples;
    private final LabelledRows labels;
    private final SoftmaxRows tile;
    private final Pointer loss;
    private final double[] losses;

    CrossEntropyKernel(Team team, SoftmaxKernels.Samples samples, Pointer loss) {
        this.team = team;
        this.samples = samples;
        this.labels = new LabelledRows(samples);
        this.tile = new SoftmaxRows(team.threads(), samples.classes(), 1);
        this.loss = loss;
        this.losses = new double[Math.toIntExact(samples.rows())];
    }

    @Override
    public void poison(byte pattern) {
        tile.poison(pattern);
    }

    @Override
    public void run() {
        labels.check();
        if (samples.rows() * samples.classes() < SoftmaxKernels.ALONE) {
            run(0, 1);
        } else {
            team.run(this);
        }
        if (samples.options().reduction() == Loss.LossReduction.NONE) {
            for (int n = 0; n < losses.length; n++) {
                ALL.set(Rows.FLOAT, loss.address() + 4L * n, (float) losses[n]);
            }
            return;
        }
        double total = 0;
        for (double one : losses) {
            total += one;
        }
        ALL.set(Rows.FLOAT, loss.address(), (float) (total / labels.divisor()));
    }

    @Override
    public void run(int thread, int threads) {
        long last = Team.start(samples.rows(), thread + 1, threads);
        for (long row = Team.start(samples.rows(), thread, threads); row < last; row += tile.rowsPerTile) {
            int count = (int) Math.min(tile.rowsPerTile, last - row);
            tile.load(thread, samples.logits().address(), row, count);
            for (int k = 0; k < count; k++) {
                long label = labels.label(row + k);
                losses[(int) row + k] = labels.ignored(label) ? 0
                        : loss(tile.shifted(thread, k), StrictMath.log(tile.sum(thread, k)), label);
            }
        }
    }

    /** {@code -Σ_k t_k w_k log p_k} with {@code log p_k = shifted_k - logSum}. */
    private double loss(long shifted, double logSum, long label) {
        double loss = -labels.sharp() * labels.weight(label) * (ALL.get(Rows.FLOAT, shifted + 4 * label) - logSum);
        if (samples.options().labelSmoothing() > 0) {
            double smooth = labels.smooth();
            for (int k = 0; k < tile.n; k++) {
                loss -= smooth * labels.weight(k) * (ALL.get(Rows.FLOAT, shifted + 4L * k) - logSum);
            }
        }
        return loss;
    }
}
