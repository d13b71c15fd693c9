package dev.lamina.cpu.vector;

import java.util.concurrent.atomic.AtomicInteger;

/** A team of plain threads that wait busily; the caller is thread 0. Allocates nothing in a run. */
final class ThreadTeam implements Team, AutoCloseable {
    private final int threads;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile Task task;
    private volatile int round;
    private volatile Throwable failure;

    ThreadTeam(int threads) {
        this.threads = threads;
        for (int i = 1; i < threads; i++) {
            int me = i;
            Thread.ofPlatform().daemon().start(() -> work(me));
        }
    }

    private void work(int me) {
        for (int seen = 0;; seen++) {
            while (round == seen) {
                Thread.yield();
            }
            Task now = task;
            if (now == null) {
                return;
            }
            share(now, me);
            pending.decrementAndGet();
        }
    }

    private void share(Task now, int me) {
        try {
            now.run(me, threads);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public void run(Task now) {
        failure = null;
        start(now);
        share(now, 0);
        while (pending.get() > 0) {
            Thread.onSpinWait();
        }
        switch (failure) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private void start(Task now) {
        pending.set(threads - 1);
        task = now;
        round = round + 1;
    }

    @Override
    public void close() {
        start(null);
    }
}
