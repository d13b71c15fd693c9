package dev.lamina.rbm;

import java.util.List;

/** Is told how the training of a machine goes. Called in the training thread; what it throws ends training. */
public interface RbmListener {
    /**
     * A step is done.
     *
     * @param epoch number of the epoch, from 1
     * @param batch complete batches of the epoch, from 1
     * @param batches batches in an epoch
     * @param error squared reconstruction error of an image, mean over the batch
     */
    default void onStep(int epoch, int batch, int batches, double error) { }

    /**
     * An epoch is done.
     *
     * @param history all epochs so far, this one last
     */
    default void onEpoch(List<RbmEpoch> history) { }
}
