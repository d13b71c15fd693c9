package dev.lamina.cpu.onednn;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * What this thread, and those that were started since this was made, allocate on the Java heap. Not what the JVM's and the build's own
 * threads do, some of which do so ten times a second.
 */
final class HeapUse {
    private final ThreadMXBean measure = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long[] others;

    HeapUse() {
        long self = Thread.currentThread().threadId();
        others = Arrays.stream(measure.getAllThreadIds()).filter(id -> id != self).sorted().toArray();
    }

    /**
     * Bytes of a round, the least of many rounds or the first 0: what the work allocates shows in each round, once it is compiled. Threads
     * that the first round starts are not measured.
     */
    long least(int rounds, Runnable round) {
        long[] threads = Arrays.stream(measure.getAllThreadIds()).filter(id -> Arrays.binarySearch(others, id) < 0).toArray();
        long least = Long.MAX_VALUE;
        for (int i = 0; least > 0 && i < rounds; i++) {
            long before = bytes(threads);
            round.run();
            least = Math.min(least, bytes(threads) - before);
        }
        return least;
    }

    private long bytes(long[] threads) {
        long bytes = 0;
        for (long thread : threads) {
            bytes += measure.getThreadAllocatedBytes(thread);
        }
        return bytes;
    }
}
