package dev.lamina.optim;

import java.util.List;

/**
 * A linear rise to the first rate of another schedule, which follows from its own step 0.
 *
 * @param steps length of the rise
 * @param share share of that rate at a step of the rise
 * @param next what follows
 */
record Warmup(long steps, Share share, Schedule next) implements Schedule {
    /** A share of the full rate by step. */
    @FunctionalInterface
    interface Share {
        double at(long step);
    }

    Warmup {
        Ranges.require(steps >= 0, "schedule \"warmup\": steps = %s, needs >= 0.", steps);
    }

    @Override
    public double rate(long step) {
        return step < steps ? next.rate(0) * share.at(step) : next.rate(step - steps);
    }

    @Override
    public Schedule after(List<Double> losses) {
        return new Warmup(steps, share, next.after(losses));
    }
}
