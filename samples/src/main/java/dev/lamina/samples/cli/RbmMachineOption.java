package dev.lamina.samples.cli;

import dev.lamina.rbm.HiddenStats;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmConfig;
import dev.lamina.rbm.RbmOptions;
import dev.lamina.rbm.Sparsity;
import dev.lamina.rbm.VisibleUnit;
import picocli.CommandLine.Option;

/** The options that say what a machine is and how it learns. */
final class RbmMachineOption {
    private static final double SPARSITY_COST = 0.1;

    @Option(names = "--unit", defaultValue = "binary", paramLabel = "KIND",
            description = "hidden units: binary or nrelu (${DEFAULT-VALUE})")
    private HiddenUnit unit;

    @Option(names = "--visible", defaultValue = "binary", paramLabel = "KIND",
            description = "visible units: binary on pixels/255, or gaussian on pixels standardised one by one (${DEFAULT-VALUE})")
    private VisibleUnit visible;

    @Option(names = "--cd", defaultValue = "1", paramLabel = "K", description = "reconstructions in a step (${DEFAULT-VALUE})")
    private int cdSteps;

    @Option(names = "--persistent", description = "let the chains of the negative term go on from step to step")
    private boolean persistent;

    @Option(names = "--hidden-stats", paramLabel = "KIND",
            description = "means or samples of hidden units in the statistics (means for binary, samples for nrelu)")
    private HiddenStats hiddenStats;

    @Option(names = "--sample-visible", description = "sample reconstructions instead of taking their means")
    private boolean sampleVisible;

    @Option(names = "--weight-decay", defaultValue = "2e-4", paramLabel = "L", description = "decay of weights (${DEFAULT-VALUE})")
    private double weightDecay;

    @Option(names = "--sparsity", paramLabel = "P", description = "wanted mean activity of each hidden unit")
    private Double sparsity;

    @Option(names = "--sparsity-cost", paramLabel = "C", description = "how strongly (" + SPARSITY_COST + "); needs --sparsity")
    private Double sparsityCost;

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the data (10, or those of the run that is resumed)")
    private Integer epochs;

    @Option(names = "--batch-size", defaultValue = "100", paramLabel = "N", description = "samples in a step (${DEFAULT-VALUE})")
    private int batchSize;

    @Option(names = "--lr", paramLabel = "RATE", description = "learning rate (0.1 binary, 0.01 nrelu, 0.001 with gaussian visible units)")
    private Double rate;

    @Option(names = "--hidden-bias", defaultValue = "0", paramLabel = "B",
            description = "initial bias of hidden units; about -4 for sparse ones (${DEFAULT-VALUE})")
    private double hiddenBias;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of weights, order and samples (${DEFAULT-VALUE})")
    private long seed;

    /** The number of epochs, if one was given. */
    Integer epochs() {
        return epochs;
    }

    long seed() {
        return seed;
    }

    /** The machine of the first layer. */
    Rbm machine(int visibleUnits, int hidden) {
        return machine(visibleUnits, hidden, visible);
    }

    /** The machine of a layer over another: over means in [0, 1] its visible units are binary, over rectified ones Gaussian. */
    Rbm machineAbove(Rbm below, int hidden) {
        return machine(below.hidden(), hidden, switch (below.hiddenUnit()) {
            case BINARY -> VisibleUnit.BINARY;
            case NRELU -> VisibleUnit.GAUSSIAN;
        });
    }

    private Rbm machine(int visibleUnits, int hidden, VisibleUnit kind) {
        HiddenStats stats = hiddenStats == null ? RbmOptions.defaults(unit).hiddenStats() : hiddenStats;
        if (sparsity == null && sparsityCost != null) {
            throw new IllegalArgumentException("rbm: --sparsity-cost " + sparsityCost + " without --sparsity, the activity it is the cost "
                    + "of. Give --sparsity P, or leave it out.");
        }
        Sparsity wish = sparsity == null ? Sparsity.none() : Sparsity.of(sparsity, sparsityCost == null ? SPARSITY_COST : sparsityCost);
        return new Rbm(visibleUnits, hidden, kind, unit, new RbmOptions(cdSteps, persistent, stats, sampleVisible, weightDecay, wish));
    }

    /** How a machine is trained; a learning rate given holds for the first layer only. */
    RbmConfig config(Rbm rbm, boolean first) {
        RbmConfig config = RbmConfig.defaults(rbm).withBatchSize(batchSize).withHiddenBias(hiddenBias).withSeed(seed);
        RbmConfig rated = rate == null || !first ? config : config.withRate(rate);
        return epochs == null ? rated : rated.withEpochs(epochs);
    }
}
