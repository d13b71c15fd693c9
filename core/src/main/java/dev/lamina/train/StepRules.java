package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.optim.Adam;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Sgd;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a step goes from gradients to weights, beyond the optimizer's name. Immutable and thread-safe.
 *
 * @param noDecay whether parameters of rank 0 and 1, biases and scales and shifts of norms, are spared the weight decay
 * @param momentumForm where the learning rate enters a momentum step
 * @param biasRate multiple of the learning rate for parameters of rank 0 and 1; Caffe's is 2
 * @param clipValue limit of every element of the gradient, 0 for none; applied after the limit of the norm
 * @param nonFinite what to do with a gradient whose norm is not finite
 * @param accumulate batches whose gradients are averaged for one step
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record StepRules(boolean noDecay, MomentumForm momentumForm, double biasRate, double clipValue, NonFinite nonFinite,
        int accumulate) {
    /** PyTorch's form of momentum, one batch a step, and nothing else. */
    public static final StepRules PLAIN = new StepRules(false, MomentumForm.RATE_OUTSIDE, 1, 0, NonFinite.ERROR, 1);

    /** What to do with a gradient whose norm is not finite. */
    public enum NonFinite {
        /** Training ends with an error. */
        ERROR,
        /** The step is skipped and counted; weights, momenta and averages stay as they are. The loss must be finite all the same. */
        SKIP
    }

    /**
     * Checked settings.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public StepRules {
        momentumForm = momentumForm == null ? MomentumForm.RATE_OUTSIDE : momentumForm;
        nonFinite = nonFinite == null ? NonFinite.ERROR : nonFinite;
        TrainConfig.require(biasRate > 0 && Double.isFinite(biasRate), "biasRate = " + biasRate + ", needs a finite number > 0.");
        TrainConfig.require(clipValue >= 0, "clipValue = " + clipValue + ", needs >= 0; 0 switches clipping off.");
        TrainConfig.require(accumulate >= 1, "accumulate = " + accumulate + ", needs >= 1.");
    }

    /** These rules with biases and norms spared the weight decay, or not. */
    public StepRules withNoDecay(boolean value) {
        return new StepRules(value, momentumForm, biasRate, clipValue, nonFinite, accumulate);
    }

    /** These rules with another form of momentum. */
    public StepRules withMomentumForm(MomentumForm value) {
        return new StepRules(noDecay, value, biasRate, clipValue, nonFinite, accumulate);
    }

    /** These rules with another multiple of the rate for biases. */
    public StepRules withBiasRate(double value) {
        return new StepRules(noDecay, momentumForm, value, clipValue, nonFinite, accumulate);
    }

    /** These rules with another limit of the gradient's elements. */
    public StepRules withClipValue(double value) {
        return new StepRules(noDecay, momentumForm, biasRate, value, nonFinite, accumulate);
    }

    /** These rules with another answer to gradients that are not finite. */
    public StepRules withNonFinite(NonFinite value) {
        return new StepRules(noDecay, momentumForm, biasRate, clipValue, value, accumulate);
    }

    /** These rules with another number of batches a step. */
    public StepRules withAccumulate(int value) {
        return new StepRules(noDecay, momentumForm, biasRate, clipValue, nonFinite, value);
    }

    /** Whether gradients are gathered by one graph and used by another. */
    public boolean inTwoPhases() {
        return accumulate > 1 || nonFinite == NonFinite.SKIP;
    }

    /** The optimizer of this name under these rules. */
    Optimizer optimizer(String name, double weightDecay) {
        return switch (Optimizer.parse(name, weightDecay)) {
            case Sgd sgd -> {
                TrainConfig.require(momentumForm == MomentumForm.RATE_OUTSIDE || sgd.momentum() > 0,
                        "momentumForm = " + momentumForm + " with optimizer \"" + name + "\", which has no momentum. Use momentum.");
                yield new Sgd(sgd.momentum(), sgd.nesterov(), sgd.weightDecay(), momentumForm, noDecay);
            }
            case Adam adam -> {
                TrainConfig.require(momentumForm == MomentumForm.RATE_OUTSIDE,
                        "momentumForm = " + momentumForm + " with optimizer \"" + name + "\", which has none. Use momentum.");
                yield new Adam(adam.beta1(), adam.beta2(), adam.eps(), adam.weightDecay(), adam.decoupled(), noDecay);
            }
        };
    }

    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("noDecay", noDecay);
        settings.put("momentumForm", momentumForm);
        settings.put("biasRate", biasRate);
        settings.put("clipValue", clipValue);
        settings.put("nonFinite", nonFinite);
        settings.put("accumulate", accumulate);
        return settings;
    }
}
