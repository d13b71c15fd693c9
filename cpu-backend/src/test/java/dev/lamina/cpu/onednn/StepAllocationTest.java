package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A training step allocates nothing on the Java heap, in no thread. */
@Tag("allocation")
class StepAllocationTest {
    private static final HeapUse HEAP = new HeapUse();
    private static final int STEPS = 50;
    /** Until the compiler is done with what allocates. */
    private static final int ROUNDS = 200;

    @Test
    void stepsAllocateNothing() {
        assumeTrue(!Tested.NAME.equals("reference"), "the reference allocates in every step");
        try (Backend backend = Tested.open(); LenetSteps lenet = new LenetSteps(backend)) {
            assertTrue(Double.isFinite(lenet.run(STEPS)));
            assertEquals(0, HEAP.least(ROUNDS, () -> lenet.run(STEPS)), "bytes in " + STEPS + " steps, the least of " + ROUNDS + " rounds");
        }
    }

    /** The measure itself: it sees what the reference allocates. */
    @Test
    void measureSeesAllocations() {
        try (Backend backend = Backends.open("reference"); LenetSteps lenet = new LenetSteps(backend)) {
            lenet.run(2);
            assertTrue(HEAP.least(2, () -> lenet.run(2)) > 1_000);
        }
    }

    /** Nor does it miss what threads other than the caller's allocate. */
    @Test
    void measureSeesOtherThreads() {
        try (JavaTeam team = new JavaTeam(2)) {
            byte[][] kept = new byte[2][];
            assertTrue(HEAP.least(2, () -> team.run((thread, _) -> kept[thread] = thread == 1 ? new byte[5_000] : null)) > 5_000);
        }
    }
}
