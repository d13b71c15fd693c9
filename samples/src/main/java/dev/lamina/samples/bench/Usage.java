package dev.lamina.samples.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** What this process has used so far. */
final class Usage {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

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
        if (!Files.isReadable(STATUS)) {
            return OptionalLong.empty();
        }
        try {
            return Files.readAllLines(STATUS).stream().filter(l -> l.startsWith(PEAK))
                    .mapToLong(l -> 1024 * Long.parseLong(l.substring(PEAK.length()).replace("kB", "").trim())).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
