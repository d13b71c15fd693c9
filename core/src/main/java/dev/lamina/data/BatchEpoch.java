package dev.lamina.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of one epoch, in order, made by {@link BatchLoader#epoch(int, int)}.
 *
 * <p>A daemon thread reads ahead into a ring of {@code prefetch + 1} buffers. A batch is valid until the next call of {@link #next} or
 * {@link #close}. An error while reading reaches the consumer at the batch where it happened. To be used by one thread; {@link #close} may
 * be called by any.
 */
public final class BatchEpoch implements Iterator<Batch>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchEpoch.class);
    private static final long CLOSE_MILLIS = 10_000;

    private final BatchLoader loader;
    private final int epoch;
    private final int[] order;
    private final SampleTransform transform;
    private final long augmentKey;
    private final LongAdder totalWaited;
    private final BlockingQueue<BatchSlot> free;
    private final BlockingQueue<Filled> ready;
    private final Thread reader;
    private BatchSlot held;
    private int position;
    private long nanosWaited;
    private volatile boolean closed;

    /** A batch on its way to the consumer, or the failure that came in its place. */
    private record Filled(BatchSlot slot, Batch batch, RuntimeException failure) { }

    BatchEpoch(BatchLoader loader, int epoch, int firstBatch, int[] order, SampleTransform transform, LongAdder totalWaited) {
        this.loader = loader;
        this.epoch = epoch;
        this.order = order;
        this.transform = transform;
        this.totalWaited = totalWaited;
        this.position = firstBatch;
        this.augmentKey = DataStreams.key(loader.options().seed(), DataStreams.AUGMENT);
        int slots = loader.options().prefetch() + 1;
        free = new ArrayBlockingQueue<>(slots);
        ready = new ArrayBlockingQueue<>(slots + 1);
        if (firstBatch < loader.batches()) {
            for (int slot = 0; slot < slots; slot++) {
                free.add(new BatchSlot(loader.data(), loader.options().batchSize()));
            }
        }
        if (slots > 1 && firstBatch < loader.batches()) {
            reader = Thread.ofPlatform().daemon().name("lamina-data-" + loader.data().name() + "-epoch-" + epoch)
                    .start(() -> readAhead(firstBatch));
        } else {
            reader = null;
        }
    }

    /** True if {@link #next} has another batch; false once closed. Does not wait. */
    @Override
    public boolean hasNext() {
        return !closed && position < loader.batches();
    }

    /**
     * The next batch; the one before becomes invalid. Waits until it has been read.
     *
     * @throws NoSuchElementException if there is none or this is closed
     * @throws IllegalStateException if reading a sample failed; the cause is the failure. This is then closed.
     * @throws CancellationException if the thread is interrupted, or another one closes this, while waiting
     */
    @Override
    public Batch next() {
        if (!hasNext()) {
            throw new NoSuchElementException(where() + (closed ? "next after close." : "no batch after the last."));
        }
        if (held != null) {
            free.add(held);
            held = null;
        }
        long start = System.nanoTime();
        Filled filled = take();
        long waited = System.nanoTime() - start;
        nanosWaited += waited;
        totalWaited.add(waited);
        if (filled.failure != null) {
            close();
            throw filled.failure;
        }
        held = filled.slot;
        position++;
        return filled.batch;
    }

    private Filled take() {
        if (reader == null) {
            return fill(free.remove(), position);
        }
        try {
            return ready.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new CancellationException(where() + "interrupted while waiting for batch " + position + ".");
        }
    }

    private void readAhead(int firstBatch) {
        try {
            for (int batch = firstBatch; batch < loader.batches() && !closed; batch++) {
                Filled filled = fill(free.take(), batch);
                ready.put(filled);
                if (filled.failure != null) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            LOG.trace("{}reader stopped", where());
        } finally {
            if (closed) {
                ready.offer(new Filled(null, null, new CancellationException(where() + "closed while waiting.")));
            }
        }
    }

    private Filled fill(BatchSlot slot, int batch) {
        int batchSize = loader.options().batchSize();
        int from = Math.toIntExact((long) batch * batchSize);
        int size = Math.min(batchSize, order.length - from);
        int row = 0;
        try {
            for (; row < size; row++) {
                if (closed) {
                    return new Filled(null, null, new CancellationException(where() + "closed while reading batch " + batch + "."));
                }
                slot.read(row, order[from + row], transform, augmentKey, epoch);
            }
            return new Filled(slot, slot.batch(size, batch), null);
        } catch (RuntimeException | Error e) {
            return new Filled(null, null, new IllegalStateException(where() + "reading sample " + order[from + Math.min(row, size - 1)]
                    + " for batch " + batch + " failed: " + e.getMessage(), e));
        }
    }

    private String where() {
        return "batchLoader \"" + loader.data().name() + "\" epoch " + epoch + ": ";
    }

    /** Nanoseconds that {@link #next} has waited in this epoch. */
    public long nanosWaited() {
        return nanosWaited;
    }

    /** Ends this epoch and its background thread, and waits for that (at most 10 s, then it logs). May be called again. */
    @Override
    public void close() {
        closed = true;
        if (reader == null || reader == Thread.currentThread()) {
            return;
        }
        reader.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            reader.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        } else if (reader.isAlive()) {
            LOG.warn("{}thread \"{}\" is still reading a sample after {} ms", where(), reader.getName(), CLOSE_MILLIS);
        }
    }
}
