package dev.lamina.rbm;

/** What a visible unit is, given its input y = a + h·w. */
public enum VisibleUnit {
    /** Mean σ(y), sample Bernoulli; energy term {@code -a v}; data in [0, 1]. */
    BINARY,
    /** Mean y, sample y + N(0, 1); energy term {@code (v - a)² / 2}; data standardised per pixel. */
    GAUSSIAN
}
