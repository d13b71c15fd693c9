package dev.lamina.samples.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This process's resident memory as Linux counts it. Stateless. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";

    private ResidentMemory() { }

    /** False where the system does not tell. */
    static boolean isKnown() {
        return Files.isReadable(STATUS) && Files.isWritable(CLEAR);
    }

    /** Bytes now. */
    static long now() {
        return field("VmRSS:");
    }

    /** The most since the process was started or {@link #resetPeak}. */
    static long peak() {
        return field("VmHWM:");
    }

    /** Forgets the peak so far. */
    static void resetPeak() {
        try {
            Files.writeString(CLEAR, RESET_PEAK);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long field(String name) {
        try {
            return Files.readAllLines(STATUS).stream().filter(l -> l.startsWith(name))
                    .mapToLong(l -> 1024 * Long.parseLong(l.substring(name.length()).replace("kB", "").trim())).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
