package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * Running sums over samples, in double. Immutable and thread-safe.
 *
 * @param loss sum of losses
 * @param correct1 samples right at first guess
 * @param correct5 samples right within five guesses
 * @param samples number of samples
 * @param seconds wall-clock time
 * @param waited seconds of it in which training waited for data
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Sums(double loss, double correct1, double correct5, long samples, double seconds, double waited) {
    static final Sums ZERO = new Sums(0, 0, 0, 0, 0);

    /** Sums without waiting. */
    Sums(double loss, double correct1, double correct5, long samples, double seconds) {
        this(loss, correct1, correct5, samples, seconds, 0);
    }

    Sums plus(Sums other) {
        return new Sums(loss + other.loss, correct1 + other.correct1, correct5 + other.correct5, samples + other.samples,
                seconds + other.seconds, waited + other.waited);
    }

    /** Part of the time in which training waited for data, 0 to 1. */
    double waitingShare() {
        return seconds > 0 ? Math.min(1, waited / seconds) : 0;
    }

    Evaluation evaluation() {
        double n = Math.max(1, samples);
        return new Evaluation(loss / n, correct1 / n, correct5 / n, samples, seconds);
    }
}
