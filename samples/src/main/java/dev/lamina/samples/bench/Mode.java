package dev.lamina.samples.bench;

import java.util.Arrays;
import java.util.Locale;

/** What a step does. */
public enum Mode {
    /** Forward, mean cross-entropy, backward, update with momentum 0.9. */
    TRAIN,
    /** The logits in inference form. */
    INFER;

    /** As users and files write it: {@code train} or {@code infer}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Mode of(String label) {
        return Arrays.stream(values()).filter(m -> m.label().equals(label)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("bench: mode \"" + label + "\" is unknown; known are train, infer."));
    }
}
