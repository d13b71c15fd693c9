package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * Running sums over samples, in double. Immutable and thread-safe.
 *
 * @param loss sum of losses, each times the weight of its class
 * @param weight sum of these weights, which the mean loss divides by; without class weights the number of samples
 * @param correct1 samples right at first guess
 * @param correct5 samples right within five guesses
 * @param samples number of samples
 * @param seconds wall-clock time
 * @param waited seconds of it in which training waited for data
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Sums(double loss, double weight, double correct1, double correct5, long samples, double seconds, double waited) {
    static final Sums ZERO = time(0, 0);

    /** Sums written before there were weights have none: all samples weighed alike. */
    Sums {
        weight = weight == 0 ? samples : weight;
    }

    /** Time that passed, and part of it in which training waited. */
    static Sums time(double seconds, double waited) {
        return new Sums(0, 0, 0, 0, 0, seconds, waited);
    }

    Sums plus(Sums other) {
        return new Sums(loss + other.loss, weight + other.weight, correct1 + other.correct1, correct5 + other.correct5,
                samples + other.samples, seconds + other.seconds, waited + other.waited);
    }

    /** Part of the time in which training waited for data, 0 to 1. */
    double waitingShare() {
        return seconds > 0 ? Math.min(1, waited / seconds) : 0;
    }

    Evaluation evaluation() {
        double n = Math.max(1, samples);
        return new Evaluation(loss / (weight == 0 ? 1 : weight), correct1 / n, correct5 / n, samples, seconds);
    }
}
