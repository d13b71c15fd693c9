package dev.lamina.train;

import java.util.ArrayList;
import java.util.List;

/** Where training stands, and the sums so far. One thread at a time. */
final class Progress {
    private final List<EpochMetrics> history = new ArrayList<>();
    private int epoch;
    private int batch;
    private long step;
    private long skipped;
    private Sums sums = Sums.ZERO;
    private double seconds;
    private double lastLearningRate;
    private long clock = System.nanoTime();

    /** Where the run of a record stands. */
    static Progress of(RunRecord run) {
        Progress progress = new Progress();
        progress.history.addAll(run.history());
        progress.epoch = run.epoch();
        progress.batch = run.batch();
        progress.step = run.step();
        progress.skipped = run.skipped();
        progress.sums = run.sums();
        progress.seconds = run.seconds();
        return progress;
    }

    /** The rate of the last step, which a record does not hold. */
    void lastRate(double rate) {
        lastLearningRate = rate;
    }

    int epoch() {
        return epoch;
    }

    int batch() {
        return batch;
    }

    long step() {
        return step;
    }

    /** Steps that were skipped, of all. */
    long skipped() {
        return skipped;
    }

    Sums sums() {
        return sums;
    }

    double seconds() {
        return seconds;
    }

    List<EpochMetrics> history() {
        return history;
    }

    /** Time spent before this counts for nothing. */
    void startClock() {
        clock = System.nanoTime();
    }

    private double lap() {
        long now = System.nanoTime();
        double passed = (now - clock) * 1e-9;
        clock = now;
        seconds += passed;
        return passed;
    }

    void advance(Stepper.Outcome outcome, double rate) {
        sums = sums.plus(outcome.sums()).plus(Sums.time(lap(), 0));
        batch += outcome.batches();
        step++;
        skipped += outcome.skipped() ? 1 : 0;
        lastLearningRate = rate;
    }

    Listener.Step event(Stepper.Outcome outcome) {
        Evaluation mean = sums.evaluation();
        return new Listener.Step(epoch + 1, batch - 1, step, sums.samples(), outcome.sums().evaluation().loss(), lastLearningRate,
                mean.loss(), mean.top1(), outcome.gradientNorm(), skipped);
    }

    void endEpoch(Evaluation test) {
        double testing = lap();
        Evaluation train = sums.evaluation();
        history.add(new EpochMetrics(epoch + 1, step, train.loss(), train.top1(), test.loss(), test.top1(), test.top5(), lastLearningRate,
                train.seconds() + testing, train.samplesPerSecond(), sums.waitingShare()));
        epoch++;
        batch = 0;
        sums = Sums.ZERO;
    }

    TrainResult result(TrainResult.End end) {
        double secondsPerSample = history.stream().mapToDouble(m -> 1 / m.samplesPerSecond()).average().orElse(Double.NaN);
        double speed = history.isEmpty() ? sums.evaluation().samplesPerSecond() : 1 / secondsPerSample;
        return new TrainResult(end, history, step, seconds, speed, skipped);
    }
}
