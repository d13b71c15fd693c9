package dev.lamina.samples.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Long work that a request to end the process lets finish its step and write a checkpoint first. */
final class Interruptible {
    private static final int PATIENCE = 60;

    private Interruptible() { }

    /** Work that may fail to read or write. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does the work.
     *
     * @param stop asks it to end soon; called on another thread, after which the process waits for it, a minute at most
     */
    static <T> T run(Runnable stop, Work<T> work) throws IOException {
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            stop.run();
            try {
                done.await(PATIENCE, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.run();
        } finally {
            done.countDown();
            remove(hook);
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LoggerFactory.getLogger(Interruptible.class).debug("ending already", e);
        }
    }
}
