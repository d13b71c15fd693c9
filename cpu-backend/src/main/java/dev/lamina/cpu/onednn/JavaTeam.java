package dev.lamina.cpu.onednn;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Threads of Java's own, for OpenMP runtimes that offer no way in. They sleep between kernels. One caller at a time. */
final class JavaTeam implements CpuTeam {
    /** Looks before a thread sleeps: about the time that sleeping and waking costs. */
    private static final int LOOKS = 2_000;

    private final int threads;
    private final Thread[] workers;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile int round;
    private volatile Task task;
    private volatile Thread caller;
    private volatile Throwable failure;
    private volatile boolean closed;

    JavaTeam(int threads) {
        this.threads = threads;
        this.workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int number = i + 1;
            workers[i] = Thread.ofPlatform().daemon().name("lamina-cpu-" + number).start(() -> serve(number));
        }
    }

    private void serve(int number) {
        int seen = 0;
        while (true) {
            for (int look = 0; round == seen && !closed; look++) {
                pause(look);
            }
            if (closed) {
                return;
            }
            seen++;
            share(number);
            if (pending.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    /** Spins at first, then sleeps until woken or for no reason. */
    private void pause(int look) {
        if (look < LOOKS) {
            Thread.onSpinWait();
        } else {
            LockSupport.park(this);
        }
    }

    private void share(int number) {
        try {
            task.run(number, threads);
        } catch (RuntimeException | Error e) {
            failure = e;
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
        caller = Thread.currentThread();
        pending.set(threads - 1);
        round = round + 1;
        wake();
        share(0);
        for (int look = 0; pending.get() > 0; look++) {
            pause(look);
        }
        Throwable failed = failure;
        if (failed != null) {
            failure = null;
            if (failed instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failed;
        }
    }

    private void wake() {
        for (Thread worker : workers) {
            LockSupport.unpark(worker);
        }
    }

    @Override
    public void close() {
        closed = true;
        wake();
    }
}
