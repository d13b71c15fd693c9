package dev.lamina.cpu.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Runs independent pieces of a kernel on a fixed number of threads, the caller's included. Thread-safe. */
final class Workers implements AutoCloseable {
    private static final int CHUNK = 1 << 14;

    private final int threads;
    private final ForkJoinPool pool;

    /** Elements {@code [from, to)} of an array. */
    interface Range {
        void run(int from, int to);
    }

    Workers(int threads) {
        this.threads = threads;
        this.pool = new ForkJoinPool(Math.max(1, threads - 1));
    }

    int threads() {
        return threads;
    }

    /** Runs the body for 0 .. count - 1, in any order, and waits. Of several failures that of the smallest number is thrown, as it is. */
    void each(int count, IntConsumer body) {
        int tasks = Math.min(threads, count);
        if (tasks <= 1) {
            for (int i = 0; i < count; i++) {
                body.accept(i);
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Failure> first = new AtomicReference<>();
        Runnable share = () -> {
            for (int i = next.getAndIncrement(); i < count && first.get() == null; i = next.getAndIncrement()) {
                try {
                    body.accept(i);
                } catch (RuntimeException | Error e) {
                    first.accumulateAndGet(new Failure(i, e), (old, now) -> old == null || now.number < old.number ? now : old);
                }
            }
        };
        List<ForkJoinTask<?>> others = new ArrayList<>();
        for (int i = 1; i < tasks; i++) {
            others.add(pool.submit(share));
        }
        share.run();
        // Whatever has a smaller number than a failure has been begun before it, and is waited for.
        others.forEach(ForkJoinTask::join);
        if (first.get() != null) {
            switch (first.get().cause) {
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new AssertionError(first.get().cause);
            }
        }
    }

    /** What a piece threw. */
    private record Failure(int number, Throwable cause) {
    }

    /** Runs the body over consecutive ranges that cover {@code [0, n)}. */
    void ranges(int n, Range body) {
        each(Math.ceilDiv(n, CHUNK), i -> body.run(i * CHUNK, (int) Math.min(n, (i + 1L) * CHUNK)));
    }

    @Override
    public void close() {
        pool.shutdown();
    }
}
