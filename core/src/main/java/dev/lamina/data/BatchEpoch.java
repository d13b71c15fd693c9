package dev.lamina.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of one epoch, in order, made by {@link BatchLoader#epoch(int, int)}.
 *
 * <p>Daemon threads, as many as the options say, read ahead into {@code prefetch + 1} buffers; they share the rows of a batch, so that each
 * batch is ready as early as can be. A batch is valid until the next call of {@link #next} or {@link #close}. An error while reading
 * reaches the consumer at the batch where it happened; of several in a batch, the one of the first row. To be used by one thread;
 * {@link #close} may be called by any.
 */
public final class BatchEpoch implements Iterator<Batch>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BatchEpoch.class);
    private static final long CLOSE_MILLIS = 10_000;
    /** Rows that a thread claims at a time: few enough that all threads end a batch together. */
    private static final int RUN = 4;

    private final BatchLoader loader;
    private final int epoch;
    private final int[] order;
    private final LongAdder totalWaited;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition slotFreed = lock.newCondition();
    private final Condition batchDone = lock.newCondition();
    private final Deque<BatchSlot> free = new ArrayDeque<>();
    private final Deque<BatchFilling> ahead = new ArrayDeque<>();
    private final List<Thread> workers = new ArrayList<>();
    private BatchFilling current;
    private int started;
    private boolean failed;
    private BatchSlot held;
    private int position;
    private long nanosWaited;
    private volatile boolean closed;

    BatchEpoch(BatchLoader loader, int epoch, int firstBatch, int[] order, LongAdder totalWaited) {
        this.loader = loader;
        this.epoch = epoch;
        this.order = order;
        this.totalWaited = totalWaited;
        this.position = firstBatch;
        this.started = firstBatch;
        if (firstBatch == loader.batches()) {
            return;
        }
        int slots = loader.options().prefetch() + 1;
        for (int slot = 0; slot < slots; slot++) {
            free.add(new BatchSlot(loader));
        }
        int threads = slots == 1 ? 0 : Math.min(loader.options().workers(), Math.ceilDiv(loader.data().size(), RUN));
        for (int worker = 1; worker <= threads; worker++) {
            String name = "lamina-data-" + loader.data().name() + "-epoch-" + epoch + (worker == 1 ? "" : "-" + worker);
            workers.add(Thread.ofPlatform().daemon().name(name).unstarted(this::readAhead));
        }
        workers.forEach(Thread::start);
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
        long start = System.nanoTime();
        BatchFilling filled = workers.isEmpty() ? readHere() : take();
        long waited = System.nanoTime() - start;
        nanosWaited += waited;
        totalWaited.add(waited);
        if (filled.failure() != null) {
            close();
            throw filled.exception(where());
        }
        held = filled.slot();
        position++;
        return filled.batch();
    }

    private BatchFilling readHere() {
        BatchFilling filling = new BatchFilling(held == null ? free.remove() : held, position, order, loader.options().batchSize(), epoch);
        filling.read(0, loader.options().batchSize());
        filling.complete();
        return filling;
    }

    private BatchFilling take() {
        try {
            lock.lockInterruptibly();
            try {
                if (held != null) {
                    free.add(held);
                    held = null;
                    slotFreed.signal();
                }
                while (!closed && (ahead.isEmpty() || !ahead.getFirst().done())) {
                    batchDone.await();
                }
                if (closed) {
                    throw new CancellationException(where() + "closed while waiting for batch " + position + ".");
                }
                return ahead.removeFirst();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new CancellationException(where() + "interrupted while waiting for batch " + position + ".");
        }
    }

    private void readAhead() {
        try {
            while (true) {
                BatchFilling filling;
                int first;
                int end;
                lock.lockInterruptibly();
                try {
                    filling = awaitClaimable();
                    if (filling == null) {
                        return;
                    }
                    first = filling.claim(RUN);
                    end = filling.claimed();
                } finally {
                    lock.unlock();
                }
                filling.read(first, end);
                finish(filling, end - first);
            }
        } catch (InterruptedException e) {
            LOG.trace("{}reader stopped", where());
        }
    }

    /** A batch with rows to read, or null if there is nothing more to do. Waits for a free slot. */
    private BatchFilling awaitClaimable() throws InterruptedException {
        while (!closed && (current == null || !current.claimable())) {
            if (failed || started == loader.batches()) {
                return null;
            }
            if (free.isEmpty()) {
                slotFreed.await();
            } else {
                current = new BatchFilling(free.remove(), started++, order, loader.options().batchSize(), epoch);
                ahead.add(current);
                slotFreed.signalAll();
            }
        }
        return closed ? null : current;
    }

    private void finish(BatchFilling filling, int rows) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (!filling.finished(rows)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        filling.complete();
        lock.lockInterruptibly();
        try {
            filling.markDone();
            failed |= filling.failure() != null;
            batchDone.signal();
            if (failed) {
                slotFreed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private String where() {
        return "batchLoader \"" + loader.data().name() + "\" epoch " + epoch + ": ";
    }

    /** Nanoseconds that {@link #next} has waited in this epoch. */
    public long nanosWaited() {
        return nanosWaited;
    }

    /** Ends this epoch and its background threads, and waits for them (at most 10 s, then it logs). May be called again. */
    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            batchDone.signalAll();
            slotFreed.signalAll();
        } finally {
            lock.unlock();
        }
        workers.forEach(Thread::interrupt);
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + CLOSE_MILLIS * 1_000_000;
        for (Thread worker : workers) {
            try {
                worker.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (worker.isAlive() && !interrupted) {
                LOG.warn("{}thread \"{}\" is still reading a sample after {} ms", where(), worker.getName(), CLOSE_MILLIS);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
