package dev.lamina.rbm;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * One epoch in numbers. Immutable and thread-safe.
 *
 * @param epoch number of the epoch, from 1
 * @param step steps done at its end
 * @param error squared reconstruction error of a training image, mean over the epoch, from sampled hidden values
 * @param heldOutError the same of held-out images by mean field, at the epoch's end
 * @param freeEnergyTrain mean free energy of as many training images as are held out, the first ones
 * @param freeEnergyHeldOut mean free energy of the held-out images
 * @param updateRatio mean size of the last step's update of a weight over the mean size of a weight; about 1e-3 is usual
 * @param activity mean of the hidden means on held-out images
 * @param rate learning rate
 * @param momentum momentum
 * @param seconds wall-clock time of training and measuring, over all interruptions
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RbmEpoch(int epoch, long step, double error, double heldOutError, double freeEnergyTrain, double freeEnergyHeldOut,
        double updateRatio, double activity, double rate, double momentum, double seconds) {

    /** {@code F train - F held-out}; where it falls away from 0 from epoch to epoch, the machine overfits. */
    public double gap() {
        return freeEnergyTrain - freeEnergyHeldOut;
    }
}
