package dev.lamina.samples.bench;

/**
 * How long is measured: whole steps until the warm-up's time is over and at least {@value #LEAST_STEPS} are done, then repetitions of whole
 * steps for at least some seconds each. Peers go by the same rule.
 *
 * @param warmUpSeconds least time before anything is measured
 * @param seconds least time of a repetition
 * @param repetitions how many of them
 */
public record Timing(double warmUpSeconds, double seconds, int repetitions) {
    static final int LEAST_STEPS = 5;
    private static final double WARM_UP_PART = 1e-3;
    private static final int MOST_RUNS = 1_000_000;
    /** Repetitions of a process. */
    public static final int REPETITIONS = 5;

    /** Checks the numbers. */
    public Timing {
        require(warmUpSeconds >= 0 && warmUpSeconds <= 600, "warm-up of " + warmUpSeconds + " s, needs 0 to 600.");
        require(seconds > 0 && seconds <= 600, "repetitions of " + seconds + " s, needs more than 0 and at most 600.");
        require(repetitions >= 1, repetitions + " repetitions, needs at least 1.");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException("bench: " + message);
        }
    }

    /**
     * What was measured of something run again and again.
     *
     * @param stepsPerSecond of each repetition
     * @param heapBytesPerStep Java heap that all threads allocated, by step, of each repetition
     * @param firstStepSeconds from the start of the process to the end of the first step
     */
    record Result(double[] stepsPerSecond, double[] heapBytesPerStep, double firstStepSeconds) {
    }

    /** Warms up and measures; the loop itself allocates nothing. */
    Result measure(Runnable step) {
        long start = System.nanoTime();
        step.run();
        double firstStep = Usage.secondsSinceStart();
        for (int steps = 1; steps < LEAST_STEPS || System.nanoTime() - start < warmUpSeconds * 1e9; steps++) {
            step.run();
        }
        Result result = new Result(new double[repetitions], new double[repetitions], firstStep);
        Usage.total();
        for (int k = 0; k < repetitions; k++) {
            repeat(step, result, k);
        }
        return result;
    }

    /** Warms up and measures steps that tell their own time, many at once. */
    Result measure(Steps steps) {
        long start = System.nanoTime();
        double last = steps.seconds(1);
        double firstStep = Usage.secondsSinceStart();
        last = steps.seconds(LEAST_STEPS) / LEAST_STEPS;
        while (System.nanoTime() - start < warmUpSeconds * 1e9) {
            int runs = runs(last, Math.max(WARM_UP_PART, warmUpSeconds / 4));
            last = steps.seconds(runs) / runs;
        }
        Result result = new Result(new double[repetitions], new double[repetitions], firstStep);
        for (int k = 0; k < repetitions; k++) {
            int runs = runs(last, seconds);
            long bytes = Usage.total();
            last = steps.seconds(runs) / runs;
            result.stepsPerSecond[k] = 1 / last;
            result.heapBytesPerStep[k] = (double) (Usage.total() - bytes) / runs;
        }
        return result;
    }

    private static int runs(double secondsEach, double wanted) {
        return (int) Math.clamp(Math.ceil(wanted / Math.max(secondsEach, 1e-9)), 1, MOST_RUNS);
    }

    private void repeat(Runnable step, Result result, int k) {
        long bytes = Usage.total();
        long start = System.nanoTime();
        long elapsed;
        int steps = 0;
        do {
            step.run();
            steps++;
            elapsed = System.nanoTime() - start;
        } while (elapsed < seconds * 1e9);
        result.stepsPerSecond[k] = steps / (elapsed * 1e-9);
        result.heapBytesPerStep[k] = (double) (Usage.total() - bytes) / steps;
    }
}
