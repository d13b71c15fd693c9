package dev.lamina.train;

/**
 * What a model does on some samples. Immutable and thread-safe.
 *
 * @param loss mean cross-entropy, without label smoothing
 * @param top1 part of the samples whose label has the largest logit, 0 to 1
 * @param top5 part whose label is among the five largest; 1 if there are no more than five classes
 * @param samples number of samples
 * @param seconds wall-clock time
 */
public record Evaluation(double loss, double top1, double top5, long samples, double seconds) {
    /** Samples in a second. */
    public double samplesPerSecond() {
        return seconds > 0 ? samples / seconds : 0;
    }
}
