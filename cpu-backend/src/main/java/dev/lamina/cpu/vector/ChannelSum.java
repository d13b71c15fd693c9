package dev.lamina.cpu.vector;

/** Sums over images and maps: a bias's gradient. */
public final class ChannelSum {
    private ChannelSum() { }

    /** A kernel of {@code sums[c] = Σ g[n, c, h, w]}; sums is plain float32 {@code [C]}. */
    public static Kernel of(Team team, Images images, Pointer g, Pointer sums) {
        throw new UnsupportedOperationException();
    }

    /** A kernel that first passes g through a rectifier with output y, in place: {@code g ← g 1[y > 0]}, then {@code sums[c] = Σ g}. */
    public static Kernel ofRectified(Team team, Images images, Pointer g, Pointer y, Pointer sums) {
        throw new UnsupportedOperationException();
    }
}
