package dev.lamina.cpu.vector;

/** Values to and from their winners' places when the window is not known; one element at a time, slower than {@link MaxPoolGradient}. */
public final class MaxPoolScatter {
    private MaxPoolScatter() { }

    /** A kernel of {@link dev.lamina.graph.Pooling.MaxPoolGradient}: values and winners of {@code out} to {@code in}. */
    public static Kernel sum(Team team, Images in, Images out, Pointer values, Pointer winners, Pointer result) {
        throw new UnsupportedOperationException();
    }

    /** A kernel of {@link dev.lamina.graph.Pooling.MaxUnpool}: values and winners of {@code out} to {@code in}. */
    public static Kernel last(Team team, Images in, Images out, Pointer values, Pointer winners, Pointer result) {
        throw new UnsupportedOperationException();
    }

    /** A kernel of {@link dev.lamina.graph.Pooling.PoolGather}: x of {@code in} at the winners of {@code out} to a result of {@code out}. */
    public static Kernel gather(Team team, Images in, Images out, Pointer x, Pointer winners, Pointer result) {
        throw new UnsupportedOperationException();
    }
}
