package dev.lamina.samples.cli;

import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.train.StepRules;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options of how a step goes from gradients to weights. */
final class StepOptions {
    @Option(names = "--accumulate", defaultValue = "1", paramLabel = "N",
            description = "batches whose gradients are averaged for one step: a batch N times as large in the memory of one")
    private int accumulate;

    @Option(names = "--clip-value", defaultValue = "0", paramLabel = "C", description = "limit of each element of the gradient; 0 for none")
    private double clipValue;

    @Option(names = "--non-finite", defaultValue = "error", paramLabel = "WHAT",
            description = "error, or skip: leave out and count steps whose gradient is not finite although the loss is")
    private String nonFinite;

    @Option(names = "--no-decay", defaultValue = "none", paramLabel = "WHICH",
            description = "none, or norm-bias: no weight decay of biases and of norms' scales and shifts")
    private String noDecay;

    @Option(names = "--momentum-form", defaultValue = "rate-outside", paramLabel = "FORM",
            description = "rate-outside as in PyTorch, or rate-inside as in 2012: what is remembered includes the rate of its step")
    private String momentumForm;

    @Option(names = "--bias-rate", defaultValue = "1", paramLabel = "R",
            description = "multiple of the learning rate for biases and norms; Caffe's is 2")
    private double biasRate;

    /** The settings. */
    StepRules rules() {
        return new StepRules(choice("--no-decay", noDecay, "none", "norm-bias"),
                choice("--momentum-form", momentumForm, "rate-outside", "rate-inside") ? MomentumForm.RATE_INSIDE
                        : MomentumForm.RATE_OUTSIDE,
                biasRate, clipValue,
                choice("--non-finite", nonFinite, "error", "skip") ? StepRules.NonFinite.SKIP : StepRules.NonFinite.ERROR, accumulate);
    }

    /** Whether a value is the second of two that are possible. */
    private static boolean choice(String option, String value, String first, String second) {
        String given = value.toLowerCase(Locale.ROOT);
        if (!given.equals(first) && !given.equals(second)) {
            throw new IllegalArgumentException("train: " + option + " " + value + ", needs " + first + " or " + second + ".");
        }
        return given.equals(second);
    }
}
