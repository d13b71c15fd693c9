package dev.lamina.data;

import dev.lamina.tensor.Philox;

/**
 * The random streams of this package. Each purpose has a key of its own, derived from the user's seed, so that data never shares random
 * numbers with initial weights or dropout, which use the seed itself as key.
 *
 * <p>The key of a purpose is words 0 (low) and 1 (high) of the Philox block with counter {@code (purpose, 0, 0x44415441, 0xffffffff)} and
 * the seed as key. Under that key: the order of an epoch is the stream {@code step = epoch, stream = 0}; the augmentation of a sample is
 * {@code step = epoch, stream = index of the sample}, and so is its share in mixing; the samples held out of class {@code c}: {@code step =
 * 0, stream = c}; a generated digit is {@code step = 0 (train) or 1 (test), stream = index}, the
 * labels of digits {@code 10 b .. 10 b + 9} are {@code step = 2 (train) or 3 (test), stream = b}. Stateless and thread-safe.
 */
final class DataStreams {
    /** Order of the samples in an epoch. */
    static final int ORDER = 1;
    /** Augmentation of samples. */
    static final int AUGMENT = 2;
    /** Generated digits. */
    static final int DIGITS = 3;
    /** With how much of another a sample is mixed. */
    static final int MIX = 4;
    /** Which samples are held out. */
    static final int HOLD_OUT = 5;

    private static final int DOMAIN = 0x44415441;

    private DataStreams() { }

    /** The key of a purpose under a seed. */
    static long key(long seed, int purpose) {
        int[] block = new int[4];
        Philox.block(purpose, 0, DOMAIN, -1, (int) seed, (int) (seed >>> 32), block);
        return Integer.toUnsignedLong(block[0]) | (long) block[1] << 32;
    }
}
