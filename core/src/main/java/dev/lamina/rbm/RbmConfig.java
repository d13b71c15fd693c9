package dev.lamina.rbm;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * How a machine is trained. Immutable and thread-safe.
 *
 * @param epochs passes over the samples, at least 0
 * @param batchSize samples in a step, and chains if the negative term is persistent
 * @param rate learning rate ε, above 0
 * @param firstMomentum momentum of the first epochs, in [0, 1)
 * @param momentum momentum of the later ones, in [0, 1)
 * @param momentumEpochs how many epochs are the first ones
 * @param hiddenBias initial bias of all hidden units
 * @param seed seed of weights, order and samples
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RbmConfig(int epochs, int batchSize, double rate, double firstMomentum, double momentum, int momentumEpochs,
        double hiddenBias, long seed) {
    /** Checks the ranges. */
    public RbmConfig {
        Ranges.require(epochs >= 0, "epochs = %s, needs >= 0.", epochs);
        Ranges.require(batchSize >= 1, "batchSize = %s, needs >= 1.", batchSize);
        Ranges.require(rate > 0 && Double.isFinite(rate), "learning rate = %s, needs a finite number > 0.", rate);
        Ranges.require(firstMomentum >= 0 && firstMomentum < 1, "first momentum = %s, needs 0 <= momentum < 1.", firstMomentum);
        Ranges.require(momentum >= 0 && momentum < 1, "momentum = %s, needs 0 <= momentum < 1.", momentum);
        Ranges.require(momentumEpochs >= 0, "momentumEpochs = %s, needs >= 0.", momentumEpochs);
        Ranges.require(Double.isFinite(hiddenBias), "hidden bias = %s, needs a finite number.", hiddenBias);
    }

    /** Ten epochs in batches of 100 at the machine's usual rate, momentum 0.5 for five epochs, then 0.9, hidden bias 0, seed 1. */
    public static RbmConfig defaults(Rbm rbm) {
        return new RbmConfig(10, 100, rbm.defaultRate(), 0.5, 0.9, 5, 0, 1);
    }

    /** These settings with another number of epochs. */
    public RbmConfig withEpochs(int number) {
        return new RbmConfig(number, batchSize, rate, firstMomentum, momentum, momentumEpochs, hiddenBias, seed);
    }

    /** These settings with another batch size. */
    public RbmConfig withBatchSize(int size) {
        return new RbmConfig(epochs, size, rate, firstMomentum, momentum, momentumEpochs, hiddenBias, seed);
    }

    /** These settings with another learning rate. */
    public RbmConfig withRate(double other) {
        return new RbmConfig(epochs, batchSize, other, firstMomentum, momentum, momentumEpochs, hiddenBias, seed);
    }

    /** These settings with one momentum for some epochs and another afterwards. */
    public RbmConfig withMomentum(double first, double later, int firstEpochs) {
        return new RbmConfig(epochs, batchSize, rate, first, later, firstEpochs, hiddenBias, seed);
    }

    /** These settings with another initial bias of the hidden units. */
    public RbmConfig withHiddenBias(double bias) {
        return new RbmConfig(epochs, batchSize, rate, firstMomentum, momentum, momentumEpochs, bias, seed);
    }

    /** These settings with another seed. */
    public RbmConfig withSeed(long other) {
        return new RbmConfig(epochs, batchSize, rate, firstMomentum, momentum, momentumEpochs, hiddenBias, other);
    }

    /** Momentum of an epoch, counted from 0. */
    double momentumOf(int epoch) {
        return epoch < momentumEpochs ? firstMomentum : momentum;
    }
}
