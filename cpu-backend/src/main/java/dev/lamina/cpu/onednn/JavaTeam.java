package dev.lamina.cpu.onednn;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/** Threads of Java's own, for OpenMP runtimes that offer no way in. They sleep between kernels. One caller at a time. */
final class JavaTeam implements CpuTeam {
    private final int threads;
    private final CyclicBarrier start;
    private final CyclicBarrier end;
    private volatile Task task;
    private volatile Throwable failure;
    private volatile boolean closed;

    JavaTeam(int threads) {
        this.threads = threads;
        this.start = new CyclicBarrier(threads);
        this.end = new CyclicBarrier(threads);
        for (int i = 1; i < threads; i++) {
            int number = i;
            Thread.ofPlatform().daemon().name("lamina-cpu-" + i).start(() -> serve(number));
        }
    }

    private void serve(int number) {
        while (true) {
            await(start);
            if (closed) {
                return;
            }
            share(number);
            await(end);
        }
    }

    private void share(int number) {
        try {
            task.run(number, threads);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException("cpu: a worker thread was interrupted; the backend can no longer be used.", e);
        }
    }

    @Override
    public int threads() {
        return threads;
    }

    /** Nothing: the runtime offers no way to set its width. */
    @Override
    public void enter() { }

    @Override
    public void run(Task shared) {
        if (threads == 1) {
            shared.run(0, 1);
            return;
        }
        task = shared;
        await(start);
        share(0);
        await(end);
        Throwable failed = failure;
        if (failed != null) {
            failure = null;
            if (failed instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failed;
        }
    }

    @Override
    public void close() {
        closed = true;
        if (threads > 1) {
            await(start);
        }
    }
}
