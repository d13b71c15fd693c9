package dev.lamina.optim;

import java.util.Arrays;
import java.util.List;

/** The learning rate as a function of the step, counted from 0. */
@FunctionalInterface
public interface Schedule {
    /** The rate of a step, from 0. */
    double rate(long step);

    /**
     * The schedule as it is once these epochs are done: a function of their losses alone, so that a resumed run goes on with the same
     * rates. Itself unless it depends on losses.
     *
     * @param losses test loss of each complete epoch, in order
     */
    default Schedule after(List<Double> losses) {
        return this;
    }

    /** The same rate always. */
    static Schedule constant(double rate) {
        return _ -> rate;
    }

    /** {@code η γ^floor(t / T)}. */
    static Schedule step(double rate, long every, double factor) {
        Ranges.require(every >= 1, "schedule \"step\": every = %s, needs >= 1.", every);
        return t -> rate * Math.pow(factor, Math.floorDiv(t, every));
    }

    /** {@code η γ^k} with k the number of milestones that are not after the step. */
    static Schedule multiStep(double rate, double factor, long... milestones) {
        long[] sorted = milestones.clone();
        Arrays.sort(sorted);
        return t -> rate * Math.pow(factor, Arrays.stream(sorted).filter(m -> m <= t).count());
    }

    /** {@code η_min + (η - η_min) (1 + cos(π t / T)) / 2}, then η_min. */
    static Schedule cosine(double rate, long steps, double least) {
        Ranges.require(steps >= 1, "schedule \"cosine\": steps = %s, needs >= 1.", steps);
        return t -> least + (rate - least) * (1 + Math.cos(Math.PI * Math.min(t, steps) / steps)) / 2;
    }

    /** The cosine schedule to 0. */
    static Schedule cosine(double rate, long steps) {
        return cosine(rate, steps, 0);
    }

    /** {@code η (1 - t / T)}, then 0. */
    static Schedule linearDecay(double rate, long steps) {
        Ranges.require(steps >= 1, "schedule \"linear\": steps = %s, needs >= 1.", steps);
        return t -> rate * Math.max(0, steps - t) / steps;
    }

    /**
     * The rate times {@code factor} whenever the test loss has not fallen below the best before, by a ten-thousandth of it, for more than
     * {@code patience} epochs: PyTorch's rule. It needs {@link #after}.
     */
    static Schedule plateau(double rate, double factor, int patience) {
        return new Plateau(rate, factor, patience, 0);
    }

    /** For W steps {@code (t + 1) / W} of the next schedule's first rate, then that schedule from its step 0. */
    static Schedule warmup(long steps, Schedule next) {
        return new Warmup(steps, t -> (t + 1.0) / steps, next);
    }

    /** Like {@link #warmup}, but from the given share: {@code start + (1 - start) t / W}, which reaches 1 at step W. */
    static Schedule warmupFrom(double start, long steps, Schedule next) {
        Ranges.require(start >= 0 && start <= 1, "schedule \"warmup\": start = %s, needs 0 <= start <= 1.", start);
        return new Warmup(steps, t -> start + (1 - start) * t / steps, next);
    }

    /** From 0 to η at step W, then linearly to 0 at step T. */
    static Schedule warmupLinear(double rate, long warmupSteps, long steps) {
        Ranges.require(warmupSteps < steps, "schedule \"warmup\": %s steps of warm-up do not fit %s steps.", warmupSteps, steps);
        return warmupFrom(0, warmupSteps, linearDecay(rate, steps - warmupSteps));
    }

    /** One cycle (Smith and Topin 2018) with PyTorch's settings: cosine from η / 25 to η in 30 % of the steps, then to η / 250,000. */
    static Schedule oneCycle(double rate, long steps) {
        return oneCycle(rate, steps, 0.3, 25, 1e4);
    }

    /**
     * One cycle.
     *
     * @param rate the largest rate
     * @param steps steps in all
     * @param rising share of the steps in which the rate rises
     * @param startDivisor largest over first rate
     * @param endDivisor first over last rate
     */
    static Schedule oneCycle(double rate, long steps, double rising, double startDivisor, double endDivisor) {
        Ranges.require(steps >= 1, "schedule \"oneCycle\": steps = %s, needs >= 1.", steps);
        Ranges.require(rising >= 0 && rising <= 1, "schedule \"oneCycle\": rising = %s, needs 0 <= rising <= 1.", rising);
        double first = rate / startDivisor;
        double last = first / endDivisor;
        double top = rising * steps - 1;
        return t -> {
            if (t <= top) {
                return between(first, rate, top > 0 ? t / top : 1);
            }
            double share = (t - top) / (steps - 1 - top);
            return between(rate, last, Math.min(1, share));
        };
    }

    private static double between(double from, double to, double share) {
        return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
    }

    /** {@link #parse(String, double, long, long)} with numbers of steps. */
    static Schedule parse(String text, double rate, long totalSteps) {
        return parse(text, rate, totalSteps, 1);
    }

    /**
     * The schedule written as {@code constant}, {@code cosine[:least]}, {@code linear}, {@code onecycle}, {@code step:N[:factor]},
     * {@code multistep:N,N,...[:factor]}, {@code plateau[:factor[:patience]]} or {@code warmup:N[,start]:schedule}. N counts units of
     * several steps, e.g. epochs; {@code N%} is a share of the steps that the schedule lasts. Factors are 0.1, patience is 10 unless
     * given.
     *
     * @param rate η
     * @param totalSteps steps of the whole run, warm-up included
     * @param unit steps in a unit
     * @throws IllegalArgumentException if it is none of them, or a number is out of range
     */
    static Schedule parse(String text, double rate, long totalSteps, long unit) {
        return ScheduleText.parse(text, rate, totalSteps, unit);
    }
}
