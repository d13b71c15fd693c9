package dev.lamina.optim;

import java.util.List;

/**
 * The rate that falls by a factor whenever the loss has not improved for more than {@code patience} epochs; PyTorch's rule with its
 * threshold of a ten-thousandth of the best loss, and without its cool-down.
 *
 * @param rate η
 * @param factor by which the rate is multiplied
 * @param patience epochs without improvement that are borne
 * @param cuts how often it has fallen
 */
record Plateau(double rate, double factor, int patience, int cuts) implements Schedule {
    private static final double THRESHOLD = 1e-4;

    Plateau {
        Ranges.require(factor > 0 && factor < 1, "schedule \"plateau\": factor = %s, needs 0 < factor < 1.", factor);
        Ranges.require(patience >= 0, "schedule \"plateau\": patience = %s, needs >= 0.", patience);
    }

    @Override
    public double rate(long step) {
        return rate * Math.pow(factor, cuts);
    }

    @Override
    public Schedule after(List<Double> losses) {
        double best = Double.POSITIVE_INFINITY;
        int bad = 0;
        int reached = 0;
        for (double loss : losses) {
            if (loss < best * (1 - THRESHOLD)) {
                best = loss;
                bad = 0;
            } else {
                bad++;
            }
            if (bad > patience) {
                reached++;
                bad = 0;
            }
        }
        return new Plateau(rate, factor, patience, reached);
    }
}
