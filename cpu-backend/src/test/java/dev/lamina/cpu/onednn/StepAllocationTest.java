package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** A training step allocates nothing on the Java heap, in no thread. */
class StepAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 3_000;
    private static final int STEPS = 50;
    private static final int ROUNDS = 100;

    /**
     * Bytes that all threads allocate in a round of steps, the least of many rounds: what a step allocates shows in each round, what the
     * JVM's and the build's own threads allocate now and then does not.
     */
    private static long bytesARound(LenetSteps lenet, int steps, int rounds) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < rounds; round++) {
            long before = THREADS.getTotalThreadAllocatedBytes();
            lenet.run(steps);
            least = Math.min(least, THREADS.getTotalThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void stepsAllocateNothing() {
        assumeTrue(!Tested.NAME.equals("reference"), "the reference allocates in every step");
        try (Backend backend = Tested.open(); LenetSteps lenet = new LenetSteps(backend)) {
            assertTrue(Double.isFinite(lenet.run(WARM_UP)));
            assertEquals(0, bytesARound(lenet, STEPS, ROUNDS), "bytes in " + STEPS + " steps, the least of " + ROUNDS + " rounds");
        }
    }

    /** The measure itself: it sees what the reference allocates. */
    @Test
    void measureSeesAllocations() {
        try (Backend backend = Backends.open("reference"); LenetSteps lenet = new LenetSteps(backend)) {
            lenet.run(2);
            assertTrue(bytesARound(lenet, 2, 2) > 1_000);
        }
    }
}
