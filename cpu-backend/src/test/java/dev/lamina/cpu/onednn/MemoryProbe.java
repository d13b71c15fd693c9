package dev.lamina.cpu.onednn;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Resident memory of a JVM of its own, whose heap has a fixed size and is touched when it starts: what grows is native. Started as
 * {@code MemoryProbe BACKEND steps|cycles COUNT...}; prints {@code rss BYTES} each time a count is reached.
 */
final class MemoryProbe {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String MARK = "rss ";

    private MemoryProbe() { }

    /** Whether resident memory can be read here. */
    static boolean available() {
        return Files.isReadable(STATUS);
    }

    /** Starts a probe and gives the bytes it measured at each count. */
    static List<Long> measure(String work, long timeoutSeconds, int... counts) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TrimNativeHeapInterval=300",
                "--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector", "-cp", System.getProperty("java.class.path"),
                MemoryProbe.class.getName(), Tested.NAME, work));
        for (int count : counts) {
            command.add(Integer.toString(count));
        }
        Path output = Files.createTempFile("lamina-memory-probe", ".txt");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            List<String> lines = Files.readAllLines(output);
            List<Long> bytes = lines.stream().filter(l -> l.startsWith(MARK)).map(l -> Long.parseLong(l.substring(MARK.length()))).toList();
            if (process.exitValue() != 0 || bytes.size() != counts.length) {
                throw new AssertionError("probe ended with " + process.exitValue() + ":\n" + String.join("\n", lines));
            }
            return bytes;
        } finally {
            Files.delete(output);
        }
    }

    /** The probe's own process. */
    public static void main(String[] args) throws IOException {
        int[] counts = new int[args.length - 2];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = Integer.parseInt(args[i + 2]);
        }
        switch (args[1]) {
            case "steps" -> steps(args[0], counts);
            case "cycles" -> cycles(args[0], counts);
            default -> throw new IllegalArgumentException("work \"" + args[1] + "\" is unknown; known are steps, cycles.");
        }
    }

    private static void steps(String backend, int... counts) throws IOException {
        try (Backend opened = Backends.open(backend); LenetSteps lenet = new LenetSteps(opened)) {
            repeat(() -> lenet.run(1), counts);
        }
    }

    /** Opens a backend, compiles, takes two steps and closes all of it. */
    private static void cycles(String backend, int... counts) throws IOException {
        repeat(() -> {
            try (Backend opened = Backends.open(backend); LenetSteps lenet = new LenetSteps(opened)) {
                lenet.run(2);
            }
        }, counts);
    }

    /**
     * Prints the least of what is measured in the last quarter before a count: the JVM's compiler takes up to 20 MB while it works, and
     * gives it back.
     */
    private static void repeat(Runnable work, int... counts) throws IOException {
        int done = 0;
        for (int count : counts) {
            int measured = count - (count - done) / 4;
            long least = Long.MAX_VALUE;
            for (; done < count; done++) {
                work.run();
                if (done >= measured) {
                    least = Math.min(least, residentBytes());
                }
            }
            System.out.println(MARK + least);
        }
    }

    private static long residentBytes() throws IOException {
        String line = Files.readAllLines(STATUS).stream().filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
}
