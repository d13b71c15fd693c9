package dev.lamina.train;

import java.nio.file.Path;
import java.util.List;

/**
 * Is told how training goes. Called in the training thread, in order; what it throws ends training. Every method does nothing by default.
 */
public interface Listener {
    /**
     * Training begins or goes on.
     *
     * @param config settings
     * @param backend name of the backend
     * @param device name of the device
     * @param trainSamples samples in an epoch
     * @param testSamples samples tested after each epoch
     * @param batches steps in an epoch
     * @param step steps done already
     * @param history epochs done already
     */
    record Start(TrainConfig config, String backend, String device, long trainSamples, long testSamples, int batches, long step,
            List<EpochMetrics> history) {
        /** An event that copies the list. */
        public Start {
            history = List.copyOf(history);
        }
    }

    /**
     * A step is done.
     *
     * @param epoch number of the epoch, from 1
     * @param batch number of the step's last batch in its epoch, from 0
     * @param step steps done, this one included
     * @param samples samples of this epoch so far, this step's included
     * @param loss mean loss of this step's samples
     * @param learningRate rate of this step
     * @param meanLoss mean loss of this epoch so far
     * @param meanAccuracy mean top-1 accuracy of this epoch so far, 0 to 1
     * @param gradientNorm norm of the gradient before it was limited; NaN where it is not watched, or the step was skipped
     * @param skipped steps of the run that were skipped so far
     */
    record Step(int epoch, int batch, long step, long samples, double loss, double learningRate, double meanLoss, double meanAccuracy,
            double gradientNorm, long skipped) {
        /** A step whose norm is not watched. */
        public Step(int epoch, int batch, long step, long samples, double loss, double learningRate, double meanLoss,
                double meanAccuracy) {
            this(epoch, batch, step, samples, loss, learningRate, meanLoss, meanAccuracy, Double.NaN, 0);
        }
    }

    /**
     * An epoch is done.
     *
     * @param metrics its numbers
     * @param history all epochs so far, this one last
     */
    record Epoch(EpochMetrics metrics, List<EpochMetrics> history) {
        /** An event that copies the list. */
        public Epoch {
            history = List.copyOf(history);
        }
    }

    /**
     * A checkpoint is complete on disk.
     *
     * @param file the file of tensors
     * @param step steps done
     */
    record Saved(Path file, long step) { }

    /** Training begins or goes on. */
    default void onStart(Start start) { }

    /** A step is done. */
    default void onStep(Step step) { }

    /** An epoch is done, test included. */
    default void onEpoch(Epoch epoch) { }

    /** A checkpoint is complete on disk. */
    default void onCheckpoint(Saved saved) { }

    /** Training ended without an error. */
    default void onEnd(TrainResult result) { }

    /** Training ended in whatever way; releases what the listener holds. Called last. */
    default void close() { }
}
