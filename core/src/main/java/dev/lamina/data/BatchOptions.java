package dev.lamina.data;

/**
 * How a {@link BatchLoader} makes batches. Immutable and thread-safe.
 *
 * @param batchSize samples in a batch, at least 1
 * @param shuffle whether each epoch has a random order of its own; else samples come by index
 * @param seed seed of the order and of augmentation
 * @param dropLast whether a last batch of fewer samples is left out
 * @param prefetch batches read ahead by a background thread, 0 to 64; 0 reads in the caller's thread
 */
public record BatchOptions(int batchSize, boolean shuffle, long seed, boolean dropLast, int prefetch) {
    /** Batches read ahead by default. */
    public static final int DEFAULT_PREFETCH = 2;

    /**
     * Checked options.
     *
     * @throws IllegalArgumentException if {@code batchSize} or {@code prefetch} is out of range
     */
    public BatchOptions {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchLoader: batchSize = " + batchSize + ", needs >= 1.");
        }
        if (prefetch < 0 || prefetch > 64) {
            throw new IllegalArgumentException("batchLoader: prefetch = " + prefetch + ", needs 0 <= prefetch <= 64.");
        }
    }

    /** Batches of this size in index order, keeping the last, prefetch {@value #DEFAULT_PREFETCH}, seed 0. */
    public static BatchOptions of(int batchSize) {
        return new BatchOptions(batchSize, false, 0, false, DEFAULT_PREFETCH);
    }

    /** These options with a random order from this seed. */
    public BatchOptions shuffled(long newSeed) {
        return new BatchOptions(batchSize, true, newSeed, dropLast, prefetch);
    }

    /** These options with another seed. */
    public BatchOptions withSeed(long newSeed) {
        return new BatchOptions(batchSize, shuffle, newSeed, dropLast, prefetch);
    }

    /** These options with or without a last batch of fewer samples. */
    public BatchOptions withDropLast(boolean drop) {
        return new BatchOptions(batchSize, shuffle, seed, drop, prefetch);
    }

    /** These options with another number of batches read ahead. */
    public BatchOptions withPrefetch(int batches) {
        return new BatchOptions(batchSize, shuffle, seed, dropLast, batches);
    }
}
