package dev.lamina.rbm;

/** Which hidden values the statistics of contrastive divergence take. */
public enum HiddenStats {
    /** The means in both terms; the usual choice for binary units. */
    MEANS,
    /** The samples: for binary units in the positive term only, for noisy rectified units in both terms, their usual choice. */
    SAMPLES
}
