package dev.lamina.train;

import dev.lamina.data.Batch;
import dev.lamina.data.BatchEpoch;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.augment.Augmentation;
import java.util.Iterator;

/**
 * Where training batches come from. The batches of an epoch must be a function of its number alone, or a resumed run differs from an
 * uninterrupted one.
 */
public interface BatchSource {
    /** Batches in an epoch, at least 1. */
    int batches();

    /** Samples in an epoch. */
    int samples();

    /** Whether samples are mixed, so that batches have second labels. */
    default boolean mixes() {
        return false;
    }

    /** The batches of an epoch from {@code firstBatch} on. */
    Stream open(int epoch, int firstBatch);

    /** Batches in order; one is valid until the next is asked for. One thread at a time. */
    interface Stream extends Iterator<Batch>, AutoCloseable {
        @Override
        void close();
    }

    /** The batches of samples that are changed at random. */
    static BatchSource of(Dataset train, BatchOptions options, Augmentation changes) {
        return of(new BatchLoader(train, options, changes.reader(train), changes.mixing()));
    }

    /** The batches of a loader. */
    static BatchSource of(BatchLoader loader) {
        return new BatchSource() {
            @Override
            public int batches() {
                return loader.batches();
            }

            @Override
            public int samples() {
                return loader.samples();
            }

            @Override
            public boolean mixes() {
                return loader.mixing().isPresent();
            }

            @Override
            public Stream open(int epoch, int firstBatch) {
                BatchEpoch batches = loader.epoch(epoch, firstBatch);
                return new Stream() {
                    @Override
                    public boolean hasNext() {
                        return batches.hasNext();
                    }

                    @Override
                    public Batch next() {
                        return batches.next();
                    }

                    @Override
                    public void close() {
                        batches.close();
                    }
                };
            }
        };
    }
}
