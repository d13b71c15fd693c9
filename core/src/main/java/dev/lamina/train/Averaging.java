package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An exponential moving average of the weights beside the weights themselves; a checkpoint holds both. Running statistics of norms are not
 * averaged again: those that training has go with either. Immutable and thread-safe.
 *
 * @param decay share of the average that stays in a step, 0 for no averages; usually 0.999
 * @param warmup whether the decay is {@code min(decay, (1 + t) / (10 + t))} with t the steps done before
 * @param evaluate whether tests use the averages and {@code weights.safetensors} and {@code weights-best.safetensors} hold them; else
 *         they are the weights' and the averages are in the checkpoint only
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Averaging(double decay, boolean warmup, boolean evaluate) {
    /** No averages. */
    public static final Averaging NONE = new Averaging(0, false, false);

    /**
     * Checked settings.
     *
     * @throws IllegalArgumentException if the decay is out of range, or nothing is averaged but something is to be done with it
     */
    public Averaging {
        TrainConfig.require(decay >= 0 && decay < 1, "emaDecay = " + decay + ", needs 0 <= emaDecay < 1; 0 switches averages off.");
        TrainConfig.require(decay > 0 || !warmup, "emaWarmup without averages. Set emaDecay, e.g. 0.999.");
        TrainConfig.require(decay > 0 || !evaluate, "emaEvaluate without averages. Set emaDecay, e.g. 0.999.");
    }

    boolean present() {
        return decay > 0;
    }

    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("emaDecay", decay);
        settings.put("emaWarmup", warmup);
        settings.put("emaEvaluate", evaluate);
        return settings;
    }
}
