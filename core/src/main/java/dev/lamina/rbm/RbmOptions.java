package dev.lamina.rbm;

/**
 * How a machine learns. Immutable and thread-safe.
 *
 * @param cdSteps k of CD-k: how often the visible units are reconstructed, at least 1
 * @param persistent whether the chain of the negative term goes on from step to step (Tieleman 2008) instead of starting at the data
 * @param hiddenStats which hidden values the statistics take
 * @param sampleVisible whether reconstructions are samples; else means
 * @param weightDecay λ on weights, at least 0; biases have none
 * @param sparsity wish for the hidden units' mean activity
 */
public record RbmOptions(int cdSteps, boolean persistent, HiddenStats hiddenStats, boolean sampleVisible, double weightDecay,
        Sparsity sparsity) {
    /** Checks the ranges. */
    public RbmOptions {
        Ranges.require(cdSteps >= 1, "cdSteps = %s, needs >= 1.", cdSteps);
        Ranges.require(weightDecay >= 0 && Double.isFinite(weightDecay), "weightDecay = %s, needs a finite number >= 0.", weightDecay);
    }

    /** CD-1, reconstructions as means, decay 2e-4, no sparsity; statistics by means for binary hidden units, by samples for NReLU. */
    public static RbmOptions defaults(HiddenUnit unit) {
        HiddenStats stats = switch (unit) {
            case BINARY -> HiddenStats.MEANS;
            case NRELU -> HiddenStats.SAMPLES;
        };
        return new RbmOptions(1, false, stats, false, 2e-4, Sparsity.none());
    }

    /** These options with CD-k. */
    public RbmOptions withSteps(int k) {
        return new RbmOptions(k, persistent, hiddenStats, sampleVisible, weightDecay, sparsity);
    }

    /** These options with a chain that goes on, or not. */
    public RbmOptions withPersistent(boolean on) {
        return new RbmOptions(cdSteps, on, hiddenStats, sampleVisible, weightDecay, sparsity);
    }

    /** These options with other hidden values in the statistics. */
    public RbmOptions withHiddenStats(HiddenStats stats) {
        return new RbmOptions(cdSteps, persistent, stats, sampleVisible, weightDecay, sparsity);
    }

    /** These options with reconstructions sampled, or not. */
    public RbmOptions withSampledVisible(boolean on) {
        return new RbmOptions(cdSteps, persistent, hiddenStats, on, weightDecay, sparsity);
    }

    /** These options with another weight decay. */
    public RbmOptions withWeightDecay(double decay) {
        return new RbmOptions(cdSteps, persistent, hiddenStats, sampleVisible, decay, sparsity);
    }

    /** These options with another wish for sparsity. */
    public RbmOptions withSparsity(Sparsity wish) {
        return new RbmOptions(cdSteps, persistent, hiddenStats, sampleVisible, weightDecay, wish);
    }
}
