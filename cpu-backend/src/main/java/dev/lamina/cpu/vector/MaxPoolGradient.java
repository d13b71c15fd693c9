package dev.lamina.cpu.vector;

import dev.lamina.graph.Window;

/** {@link dev.lamina.graph.Pooling.MaxPoolGradient} and {@link dev.lamina.graph.Pooling.MaxUnpool} for winners of a known window. */
public final class MaxPoolGradient {
    private MaxPoolGradient() { }

    /**
     * A kernel that sums the gradients {@code g} of {@code out} into their winners' places of {@code in}, zero elsewhere.
     *
     * @param winners what {@link MaxPool} wrote for the same window and images
     * @param dx the result, of {@code in}
     * @param rectified if not null, a rectifier's output in the layout of {@code dx}: the result is multiplied by {@code 1[rectified > 0]}
     */
    public static Kernel sum(Team team, Window window, Images in, Images out, Pointer g, Pointer winners, Pointer dx, Pointer rectified) {
        throw new UnsupportedOperationException();
    }

    /** Like {@link #sum}, but a place that several windows chose takes the value of the last. */
    public static Kernel last(Team team, Window window, Images in, Images out, Pointer values, Pointer winners, Pointer result) {
        throw new UnsupportedOperationException();
    }
}
