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
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Sums(double loss, double correct1, double correct5, long samples, double seconds) {
    static final Sums ZERO = new Sums(0, 0, 0, 0, 0);

    Sums plus(Sums other) {
        return new Sums(loss + other.loss, correct1 + other.correct1, correct5 + other.correct5, samples + other.samples,
                seconds + other.seconds);
    }

    Evaluation evaluation() {
        double n = Math.max(1, samples);
        return new Evaluation(loss / n, correct1 / n, correct5 / n, samples, seconds);
    }
}
