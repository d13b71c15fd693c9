package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import dev.lamina.graph.Loss;

/** {@code (p_k Σ_j t_j w_j - t_k w_k) scale} for every sample, with the loss's gradient over the divisor as scale. */
final class CrossEntropyGradientKernel implements Kernel, Team.Task {
    private final Team team;
    private final SoftmaxKernels.Samples samples;
    private final LabelledRows labels;
    private final SoftmaxRows tile;
    private final Pointer upstream;
    private final Pointer gradient;
    private double divisor;
    private double sumOfWeights;

    CrossEntropyGradientKernel(Team team, SoftmaxKernels.Samples samples, Pointer upstream, Pointer gradient) {
        this.team = team;
        this.samples = samples;
        this.labels = new LabelledRows(samples);
        this.tile = new SoftmaxRows(team.threads(), samples.classes(), 1);
        this.upstream = upstream;
        this.gradient = gradient;
    }

    @Override
    public void poison(byte pattern) {
        tile.poison(pattern);
    }

    @Override
    public void run() {
        labels.check();
        divisor = labels.divisor();
        sumOfWeights = labels.smooth() == 0 ? 0 : labels.sumOfWeights();
        if (samples.rows() * samples.classes() < SoftmaxKernels.ALONE) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long last = Team.start(samples.rows(), thread + 1, threads);
        for (long row = Team.start(samples.rows(), thread, threads); row < last; row += tile.rowsPerTile) {
            int count = (int) Math.min(tile.rowsPerTile, last - row);
            tile.load(thread, samples.logits().address(), row, count);
            for (int k = 0; k < count; k++) {
                row(row + k, tile.exponentials(thread, k), tile.sum(thread, k));
            }
        }
    }

    private void row(long row, long exponentials, double sum) {
        long label = labels.label(row);
        long to = gradient.address() + row * tile.n * Float.BYTES;
        if (labels.ignored(label)) {
            Rows.fill(0, to, tile.n);
            return;
        }
        boolean each = samples.options().reduction() == Loss.LossReduction.NONE;
        double scale = ALL.get(Rows.FLOAT, upstream.address() + (each ? row * Float.BYTES : 0)) / divisor;
        double smooth = labels.smooth();
        double onLabel = labels.sharp() * labels.weight(label);
        double targets = smooth * sumOfWeights + onLabel;
        float ofLabel = ALL.get(Rows.FLOAT, exponentials + 4 * label);
        if (smooth == 0) {
            SoftmaxRows.scale(exponentials, (float) (targets / sum * scale), 0, tile.width);
        } else {
            for (int k = 0; k < tile.n; k++) {
                double p = ALL.get(Rows.FLOAT, exponentials + 4L * k) / sum;
                ALL.set(Rows.FLOAT, exponentials + 4L * k, (float) ((p * targets - smooth * labels.weight(k)) * scale));
            }
        }
        double target = smooth * labels.weight(label) + onLabel;
        ALL.set(Rows.FLOAT, exponentials + 4 * label, (float) ((ofLabel / sum * targets - target) * scale));
        Rows.copy(exponentials, to, tile.n);
    }
}
