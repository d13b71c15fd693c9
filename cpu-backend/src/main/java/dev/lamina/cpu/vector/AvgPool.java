package dev.lamina.cpu.vector;

import dev.lamina.graph.Pooling;

/** {@link Pooling.AvgPool} and {@link Pooling.AdaptiveAvgPool} on images in memory. */
public final class AvgPool {
    private AvgPool() { }

    /** A kernel that averages the windows of x, of {@code in}, to y, of {@code out}; both have the same order, images and channels. */
    public static Kernel of(Team team, Pooling.AvgPool op, Images in, Images out, Pointer x, Pointer y) {
        throw new UnsupportedOperationException();
    }

    /** A kernel that averages x, of {@code in}, over as many bins as {@code out} has places. */
    public static Kernel adaptive(Team team, Images in, Images out, Pointer x, Pointer y) {
        throw new UnsupportedOperationException();
    }
}
