package dev.lamina.cuda.api;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts what the calling thread allocates on the Java heap. */
final class Allocation {
    private static final int TRIES = 2_000;

    private Allocation() { }

    /** Bytes a round, of the best of many tries or the first without any: the compiler of a busy machine takes its time. */
    static long bytesPerRound(int rounds, Runnable round) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < TRIES && least > 0; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int j = 0; j < rounds; j++) {
                round.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / rounds);
        }
        return least;
    }
}
