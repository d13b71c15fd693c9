package dev.lamina.inspect.learned;

import dev.lamina.tensor.Philox;

/**
 * The random streams of this package. Each purpose has a key of its own, derived from the user's seed, so that nothing here shares numbers
 * with training: words 0 (low) and 1 (high) of the Philox block with counter {@code (purpose, 0, 0x494e5350, 0xffffffff)} and the seed as
 * key. Stateless and thread-safe.
 */
final class InspectStreams {
    /** Noise of SmoothGrad. */
    static final int NOISE = 1;
    /** Random weights, which must not be those that a run of the same seed started from. */
    static final int WEIGHTS = 2;

    private static final int DOMAIN = 0x494e5350;

    private InspectStreams() { }

    /** The key of a purpose under a seed. */
    static long key(long seed, int purpose) {
        int[] block = new int[4];
        Philox.block(purpose, 0, DOMAIN, -1, (int) seed, (int) (seed >>> 32), block);
        return Integer.toUnsignedLong(block[0]) | (long) block[1] << 32;
    }
}
