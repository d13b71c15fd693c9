package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What kernels allocate on the Java heap. */
final class HeapUse {
    private static final ThreadMXBean MEASURE = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Enough for the compiler to be done with any kernel: it compiles a method that was called some thousand times. */
    private static final int MOST_ROUNDS = 1000;
    private static final int RUNS = 20;

    private HeapUse() { }

    /** Fails unless runs of a kernel that works on this thread alone come to allocate nothing once they are compiled. */
    static void none(Kernel kernel, String what) {
        none(null, kernel, what);
    }

    /** Fails unless runs of a kernel on this team come to allocate nothing, on any of its threads, once they are compiled. */
    static void none(ThreadTeam team, Kernel kernel, String what) {
        long bytes = 1;
        for (int round = 0; bytes != 0 && round < MOST_ROUNDS; round++) {
            long before = bytes(team);
            for (int i = 0; i < RUNS; i++) {
                kernel.run();
            }
            bytes = bytes(team) - before;
        }
        assertEquals(0, bytes, what + ": bytes allocated by " + RUNS + " runs after " + RUNS * MOST_ROUNDS);
    }

    /** Of the team's threads only: others allocate when they please. */
    private static long bytes(ThreadTeam team) {
        return MEASURE.getCurrentThreadAllocatedBytes() + (team == null ? 0 : team.bytesOfOthers(MEASURE));
    }
}
