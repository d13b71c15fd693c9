package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Feeds a data set to training in batches, read ahead by background threads.
 *
 * <p>The order of an epoch is a pure function of (seed, epoch): the permutation drawn by {@link Philox.Stream#permutation} from the stream
 * {@code (step = epoch, stream = 0)} under the key for data order (see {@code DataStreams}: words 0 and 1 of the Philox block with counter
 * {@code (1, 0, 0x44415441, 0xffffffff)} and the seed as key). It depends neither on the batch size nor on prefetching nor on the number
 * of threads, so a run that
 * stopped after batch {@code b} goes on with {@code epoch(e, b + 1)} and sees exactly the rest.
 *
 * <p>Thread-safe; each epoch iterator belongs to one consuming thread. Several epochs may be open at a time.
 */
public final class BatchLoader {
    private final Dataset data;
    private final BatchOptions options;
    private final SampleReader reader;
    private final Optional<Mixing> mixing;
    private final int batches;
    private final LongAdder nanosWaited = new LongAdder();

    /** A loader without augmentation; see {@link #BatchLoader(Dataset, BatchOptions, SampleReader, Optional)}. */
    public BatchLoader(Dataset data, BatchOptions options) {
        this(data, options, SampleReader.PLAIN, Optional.empty());
    }

    /** A loader that changes each sample in place. */
    public BatchLoader(Dataset data, BatchOptions options, SampleTransform transform) {
        this(data, options, (from, index, into, random) -> {
            from.read(index, into);
            transform.apply(into, random);
        }, Optional.empty());
    }

    /**
     * A loader.
     *
     * @param reader makes the samples
     * @param mixing how samples of a batch are mixed with each other; they are uint8 then
     * @throws IllegalArgumentException if an epoch would have no batch, or other samples than uint8 are to be mixed
     */
    public BatchLoader(Dataset data, BatchOptions options, SampleReader reader, Optional<Mixing> mixing) {
        this.data = data;
        this.options = options;
        this.reader = reader;
        this.mixing = mixing;
        if (mixing.isPresent() && data.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("batchLoader \"" + data.name() + "\": samples are " + data.sampleType()
                    + ", only uint8 ones can be mixed.");
        }
        this.batches = options.dropLast() ? data.size() / options.batchSize() : Math.ceilDiv(data.size(), options.batchSize());
        if (data.size() == 0) {
            throw new IllegalArgumentException("batchLoader \"" + data.name() + "\": the data set has no samples, needs at least 1.");
        }
        if (batches == 0) {
            throw new IllegalArgumentException("batchLoader \"" + data.name() + "\": " + data.size() + " samples, batchSize = "
                    + options.batchSize() + ", and dropLast leaves no batch. Use a smaller batch or keep the last one.");
        }
    }

    /** The data set. */
    public Dataset data() {
        return data;
    }

    /** The options. */
    public BatchOptions options() {
        return options;
    }

    /** How samples of a batch are mixed. */
    public Optional<Mixing> mixing() {
        return mixing;
    }

    SampleReader reader() {
        return reader;
    }

    /** Key of the streams that samples are augmented from. */
    long augmentKey() {
        return DataStreams.key(options.seed(), DataStreams.AUGMENT);
    }

    /** Key of the streams that mixing draws from. */
    long mixKey() {
        return DataStreams.key(options.seed(), DataStreams.MIX);
    }

    /** Batches in an epoch, at least 1. */
    public int batches() {
        return batches;
    }

    /** Samples in an epoch: the size of the data set, less the dropped ones. */
    public int samples() {
        return options.dropLast() ? batches * options.batchSize() : data.size();
    }

    /**
     * Indices of all samples in the order of an epoch, dropped ones included.
     *
     * @throws IllegalArgumentException if the epoch is negative
     */
    public int[] order(int epoch) {
        if (epoch < 0) {
            throw new IllegalArgumentException("batchLoader \"" + data.name() + "\": epoch = " + epoch + ", needs >= 0.");
        }
        if (options.shuffle()) {
            return new Philox.Stream(DataStreams.key(options.seed(), DataStreams.ORDER), epoch, 0).permutation(data.size());
        }
        int[] order = new int[data.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        return order;
    }

    /** All batches of an epoch. */
    public BatchEpoch epoch(int epoch) {
        return epoch(epoch, 0);
    }

    /**
     * The batches of an epoch from {@code firstBatch} on. Close the result to stop the background threads.
     *
     * @param epoch number of the epoch, from 0
     * @param firstBatch in {@code [0, batches()]}; {@code batches()} gives an iterator without elements
     * @throws IllegalArgumentException if a number is out of range
     */
    public BatchEpoch epoch(int epoch, int firstBatch) {
        if (firstBatch < 0 || firstBatch > batches) {
            throw new IllegalArgumentException("batchLoader \"" + data.name() + "\": firstBatch = " + firstBatch
                    + ", an epoch has batches 0.." + (batches - 1) + ".");
        }
        return new BatchEpoch(this, epoch, firstBatch, order(epoch), nanosWaited);
    }

    /** Nanoseconds that consumers have waited for batches so far, over all epochs. Near 0 if reading keeps up. */
    public long nanosWaited() {
        return nanosWaited.sum();
    }
}
