package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * One epoch in numbers. Immutable and thread-safe.
 *
 * @param epoch number of the epoch, from 1
 * @param step steps done at its end
 * @param trainLoss mean loss over the epoch's samples, each under the parameters of its step
 * @param trainAccuracy the same for top-1 accuracy, 0 to 1
 * @param testLoss mean cross-entropy on the test samples after the epoch
 * @param testTop1 top-1 accuracy on them, 0 to 1
 * @param testTop5 top-5 accuracy on them, 0 to 1
 * @param learningRate rate of the last step
 * @param seconds wall-clock time of training and testing, over all interruptions
 * @param samplesPerSecond training samples in a second of training
 * @param waitingShare part of the time of training in which it waited for data, 0 to 1
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record EpochMetrics(int epoch, long step, double trainLoss, double trainAccuracy, double testLoss, double testTop1, double testTop5,
        double learningRate, double seconds, double samplesPerSecond, double waitingShare) {
    /** Metrics of training that never waited. */
    public EpochMetrics(int epoch, long step, double trainLoss, double trainAccuracy, double testLoss, double testTop1, double testTop5,
            double learningRate, double seconds, double samplesPerSecond) {
        this(epoch, step, trainLoss, trainAccuracy, testLoss, testTop1, testTop5, learningRate, seconds, samplesPerSecond, 0);
    }
}
