package dev.lamina.cpu.vector;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/** Threads that meet before and after each task. */
final class SpatialTeam implements Team, AutoCloseable {
    private final CyclicBarrier start;
    private final CyclicBarrier end;
    private final int threads;
    private volatile Task task;
    private volatile Throwable failure;

    SpatialTeam(int threads) {
        this.threads = threads;
        start = new CyclicBarrier(threads);
        end = new CyclicBarrier(threads);
        for (int thread = 1; thread < threads; thread++) {
            int own = thread;
            Thread.ofPlatform().daemon().start(() -> work(own));
        }
    }

    private void work(int thread) {
        while (true) {
            meet(start);
            if (task == null) {
                return;
            }
            share(thread);
            meet(end);
        }
    }

    private void share(int thread) {
        try {
            task.run(thread, threads);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public void run(Task shared) {
        task = shared;
        failure = null;
        meet(start);
        share(0);
        meet(end);
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        task = null;
        meet(start);
    }
}
