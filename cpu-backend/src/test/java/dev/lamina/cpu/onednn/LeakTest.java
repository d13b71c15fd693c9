package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Resident memory of LeNet training in a process of its own ({@link MemoryProbe}). */
class LeakTest {
    private static final double SHARE = 0.02;
    /**
     * What the JVM itself still takes or gives back between two measurements, mostly its compiler (measured on a backend without native
     * memory). Two hundred lost executables of LeNet would take 500 MB, two hundred losses of 128 KB show.
     */
    private static final long JVM = 24 << 20;

    @BeforeEach
    void assume() {
        Tested.assumeAvailable();
        assumeTrue(MemoryProbe.available(), "resident memory is read from /proc/self/status, which is not here");
    }

    private static void grewAtMost(long allowed, List<Long> bytes) {
        long growth = bytes.get(1) - bytes.get(0);
        assertTrue(growth <= allowed, () -> "resident memory grew by " + growth + " bytes, allowed " + allowed + ": " + bytes);
    }

    @Test
    void stepsKeepMemory() throws Exception {
        grewAtMost(JVM / 2, MemoryProbe.measure("steps", 120, 300, 500));
    }

    @Test
    void closedBackendsExecutablesAndStatesLeaveNothing() throws Exception {
        grewAtMost(JVM, MemoryProbe.measure("cycles", 120, 100, 300));
    }

    @Test
    @Tag("slow")
    void tenThousandStepsKeepMemory() throws IOException, InterruptedException {
        List<Long> bytes = MemoryProbe.measure("steps", 1_800, 1_000, 10_000);
        grewAtMost((long) (SHARE * bytes.getFirst()), bytes);
    }
}
