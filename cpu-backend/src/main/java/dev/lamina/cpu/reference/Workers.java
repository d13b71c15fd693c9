package dev.lamina.cpu.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** Runs the body for 0 .. count - 1, in any order, and waits. The first failure is thrown again. */
    void each(int count, IntConsumer body) {
        int tasks = Math.min(threads, count);
        if (tasks <= 1) {
            for (int i = 0; i < count; i++) {
                body.accept(i);
            }
            return;
        }
        AtomicInteger next = new AtomicInteger();
        Runnable share = () -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                body.accept(i);
            }
        };
        List<ForkJoinTask<?>> others = new ArrayList<>();
        for (int i = 1; i < tasks; i++) {
            others.add(pool.submit(share));
        }
        try {
            share.run();
        } finally {
            others.forEach(ForkJoinTask::quietlyJoin);
        }
        others.forEach(ForkJoinTask::join);
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
