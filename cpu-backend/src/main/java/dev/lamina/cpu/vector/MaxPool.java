package dev.lamina.cpu.vector;

import dev.lamina.graph.Window;

/** {@link dev.lamina.graph.Pooling.MaxPool} on images in memory. */
public final class MaxPool {
    private MaxPool() { }

    /**
     * A kernel that pools {@code in} to {@code out}, which has the same order, images and channels.
     *
     * @param x values of {@code in}
     * @param y largest values, of {@code out}
     * @param winners int32 positions {@code h W + w} in the order of {@code out}, -1 for a window of padding only; null if nobody reads them
     */
    public static Kernel of(Team team, Window window, Images in, Images out, Pointer x, Pointer y, Pointer winners) {
        throw new UnsupportedOperationException();
    }
}
