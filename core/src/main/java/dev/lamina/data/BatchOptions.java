package dev.lamina.data;

/**
 * How a {@link BatchLoader} makes batches. Immutable and thread-safe.
 *
 * @param batchSize samples in a batch, at least 1
 * @param shuffle whether each epoch has a random order of its own; else samples come by index
 * @param seed seed of the order and of augmentation
 * @param dropLast whether a last batch of fewer samples is left out
 * @param prefetch batches read ahead by background threads, 0 to 64; 0 reads in the caller's thread
 * @param workers background threads that read samples, 1 to {@value #MOST_WORKERS}; the batches do not depend on it
 */
public record BatchOptions(int batchSize, boolean shuffle, long seed, boolean dropLast, int prefetch, int workers) {
    /** Batches read ahead by default. */
    public static final int DEFAULT_PREFETCH = 2;
    /** Most background threads. */
    public static final int MOST_WORKERS = 256;

    /**
     * Checked options.
     *
     * @throws IllegalArgumentException if {@code batchSize}, {@code prefetch} or {@code workers} is out of range
     */
    public BatchOptions {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batchLoader: batchSize = " + batchSize + ", needs >= 1.");
        }
        if (prefetch < 0 || prefetch > 64) {
            throw new IllegalArgumentException("batchLoader: prefetch = " + prefetch + ", needs 0 <= prefetch <= 64.");
        }
        if (workers < 1 || workers > MOST_WORKERS) {
            throw new IllegalArgumentException("batchLoader: workers = " + workers + ", needs 1 <= workers <= " + MOST_WORKERS + ".");
        }
    }

    /**
     * Batches of this size in index order, keeping the last, prefetch {@value #DEFAULT_PREFETCH}, seed 0, {@link #defaultWorkers} workers.
     */
    public static BatchOptions of(int batchSize) {
        return new BatchOptions(batchSize, false, 0, false, DEFAULT_PREFETCH, defaultWorkers());
    }

    /** These options with a random order from this seed. */
    public BatchOptions shuffled(long newSeed) {
        return new BatchOptions(batchSize, true, newSeed, dropLast, prefetch, workers);
    }

    /** These options with another seed. */
    public BatchOptions withSeed(long newSeed) {
        return new BatchOptions(batchSize, shuffle, newSeed, dropLast, prefetch, workers);
    }

    /** These options with or without a last batch of fewer samples. */
    public BatchOptions withDropLast(boolean drop) {
        return new BatchOptions(batchSize, shuffle, seed, drop, prefetch, workers);
    }

    /** These options with another number of batches read ahead. */
    public BatchOptions withPrefetch(int batches) {
        return new BatchOptions(batchSize, shuffle, seed, dropLast, batches, workers);
    }

    /** These options with another number of background threads. */
    public BatchOptions withWorkers(int threads) {
        return new BatchOptions(batchSize, shuffle, seed, dropLast, prefetch, threads);
    }

    /** Half of the processors, since the others train; at least 1, at most 16. */
    public static int defaultWorkers() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 16);
    }
}
