package dev.lamina.cpu.vector;

import com.sun.management.ThreadMXBean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A team of plain threads that sleep between runs; the caller is thread 0. Allocates nothing in a run. */
final class ThreadTeam implements Team, AutoCloseable {
    private final Thread[] others;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile Thread caller;
    private volatile Task task;
    private volatile int round;
    private volatile Throwable failure;

    ThreadTeam(int threads) {
        others = new Thread[threads - 1];
        for (int i = 0; i < others.length; i++) {
            int me = i + 1;
            others[i] = Thread.ofPlatform().daemon().start(() -> work(me));
        }
    }

    private void work(int me) {
        for (int seen = 0;; seen++) {
            while (round == seen) {
                LockSupport.park(this);
            }
            Task now = task;
            if (now == null) {
                return;
            }
            share(now, me);
            if (pending.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    private void share(Task now, int me) {
        try {
            now.run(me, threads());
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    @Override
    public int threads() {
        return others.length + 1;
    }

    @Override
    public void run(Task now) {
        failure = null;
        start(now);
        share(now, 0);
        while (pending.get() > 0) {
            LockSupport.park(this);
        }
        switch (failure) {
            case null -> { }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private void start(Task now) {
        caller = Thread.currentThread();
        pending.set(others.length);
        task = now;
        round = round + 1;
        for (Thread other : others) {
            LockSupport.unpark(other);
        }
    }

    /** Bytes that the team's other threads have allocated on the Java heap since they started. */
    long bytesOfOthers(ThreadMXBean measure) {
        long bytes = 0;
        for (Thread other : others) {
            bytes += measure.getThreadAllocatedBytes(other.threadId());
        }
        return bytes;
    }

    @Override
    public void close() {
        start(null);
    }
}
