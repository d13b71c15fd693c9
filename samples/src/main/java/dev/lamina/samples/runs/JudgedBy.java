package dev.lamina.samples.runs;

import dev.lamina.train.TrainConfig;

/** The samples by which a run's epochs are judged, so that the best of them is chosen by these. */
public enum JudgedBy {
    /** Training samples that were held out. */
    HELD_OUT("held-out training samples"),
    /** The test samples: the figure of the best epoch is one of several on them, the greatest. */
    TEST("the test samples");

    /** Under which a run's settings hold it. */
    public static final String SETTING = "judged-by";
    private static final String SHARE = "val-split";

    private final String text;

    JudgedBy(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }

    /** As a run's settings say; runs of before they did are known to hold samples out if a share is named. */
    public static JudgedBy of(TrainConfig config) {
        String saved = config.options().get(SETTING);
        boolean heldOut = saved == null ? config.options().containsKey(SHARE) : saved.equals(HELD_OUT.name());
        return heldOut ? HELD_OUT : TEST;
    }
}
