package dev.lamina.train;

import java.util.List;

/**
 * What training came to. Immutable and thread-safe.
 *
 * @param end why it ended
 * @param history one entry an epoch, those before a resumption included
 * @param steps steps done in all
 * @param seconds wall-clock time in all, over all interruptions
 * @param samplesPerSecond training samples in a second of training, over all complete epochs
 * @param skipped steps that were skipped because their gradient was not finite, of all
 */
public record TrainResult(End end, List<EpochMetrics> history, long steps, double seconds, double samplesPerSecond, long skipped) {
    /** Why training ended. */
    public enum End {
        /** All epochs are done. */
        FINISHED,
        /** The loss no longer fell. */
        EARLY_STOP,
        /** Somebody asked for it; the run can be resumed. */
        STOPPED
    }

    /** A result that copies the list. */
    public TrainResult {
        history = List.copyOf(history);
    }

    /** A result without skipped steps. */
    public TrainResult(End end, List<EpochMetrics> history, long steps, double seconds, double samplesPerSecond) {
        this(end, history, steps, seconds, samplesPerSecond, 0);
    }

    /** Part of the time of training in which it waited for data, 0 to 1: the mean of the epochs. */
    public double waitingShare() {
        return history.stream().mapToDouble(EpochMetrics::waitingShare).average().orElse(0);
    }

    /**
     * The last complete epoch.
     *
     * @throws IllegalStateException if none was completed
     */
    public EpochMetrics last() {
        if (history.isEmpty()) {
            throw new IllegalStateException("trainer: no epoch was completed.");
        }
        return history.getLast();
    }
}
