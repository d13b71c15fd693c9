package dev.lamina.cpu.vector;

import dev.lamina.graph.Pooling;

/** {@link Pooling.AvgPoolGradient} and {@link Pooling.AdaptiveAvgPoolGradient} on images in memory. */
public final class AvgPoolGradient {
    private AvgPoolGradient() { }

    /** A kernel that spreads the gradients g, of {@code out}, over their windows in dx, of {@code in}. */
    public static Kernel of(Team team, Pooling.AvgPoolGradient op, Images in, Images out, Pointer g, Pointer dx) {
        throw new UnsupportedOperationException();
    }

    /** A kernel that spreads the gradients g, of {@code out}, over their bins in dx, of {@code in}. */
    public static Kernel adaptive(Team team, Images in, Images out, Pointer g, Pointer dx) {
        throw new UnsupportedOperationException();
    }
}
