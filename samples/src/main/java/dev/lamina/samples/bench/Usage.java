package dev.lamina.samples.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** What this process has used so far. */
final class Usage {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Usage() { }

    /** Java heap bytes that all threads, those that have ended included, have allocated so far. */
    static long total() {
        return THREADS.getTotalThreadAllocatedBytes();
    }

    /** Time since the process was started, in steps of about 10 ms. */
    static double secondsSinceStart() {
        return Duration.between(ProcessHandle.current().info().startInstant().orElseThrow(), Instant.now()).toMillis() * 1e-3;
    }

    /** The most memory that was resident so far; empty where the system does not tell (only Linux does). */
    static OptionalLong peakResidentBytes() {
        return ResidentMemory.isKnown() ? OptionalLong.of(ResidentMemory.peak()) : OptionalLong.empty();
    }
}
