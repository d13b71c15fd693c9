package dev.lamina.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Measures one workload and prints one line of JSON. The rule is the one that the command measures itself by: run until the time for
 * warming up is over and at least 5 steps are done, then time {@value #REPETITIONS} repetitions, each of whole steps for at least the given
 * seconds.
 */
final class Peer {
    private static final int REPETITIONS = 5;
    private static final int LEAST_STEPS = 5;

    private Peer() { }

    /** One step of a workload, or one inference. */
    @FunctionalInterface
    interface Work {
        void step() throws Exception;
    }

    /**
     * What the process was started for: {@code WORKLOAD train|infer THREADS SECONDS WARM_UP_SECONDS}.
     *
     * @param seconds of each repetition
     */
    record Task(Workload workload, boolean training, int threads, double seconds, double warmUp) {
        static Task parse(String... args) {
            if (args.length < 5 || !List.of("train", "infer").contains(args[1])) {
                throw new IllegalArgumentException("peer: needs WORKLOAD train|infer THREADS SECONDS WARM_UP_SECONDS, got "
                        + List.of(args) + ".");
            }
            return new Task(Workload.named(args[0]), args[1].equals("train"), Integer.parseInt(args[2]), Double.parseDouble(args[3]),
                    Double.parseDouble(args[4]));
        }

        String mode() {
            return training ? "train" : "infer";
        }
    }

    static void measure(String peer, String version, Task task, Work work) throws Exception {
        long start = System.nanoTime();
        work.step();
        Duration firstStep = Duration.between(ProcessHandle.current().info().startInstant().orElseThrow(), Instant.now());
        for (int steps = 1; steps < LEAST_STEPS || System.nanoTime() - start < task.warmUp * 1e9; steps++) {
            work.step();
        }
        List<Double> speeds = new ArrayList<>();
        for (int k = 0; k < REPETITIONS; k++) {
            speeds.add(speed(task, work));
        }
        print(peer, version, task, speeds, firstStep.toMillis() * 1e-3);
    }

    private static double speed(Task task, Work work) throws Exception {
        long start = System.nanoTime();
        long elapsed;
        int steps = 0;
        do {
            work.step();
            steps++;
            elapsed = System.nanoTime() - start;
        } while (elapsed < task.seconds * 1e9);
        return steps * (double) task.workload.batch() / (elapsed * 1e-9);
    }

    private static void print(String peer, String version, Task task, List<Double> speeds, double firstStep) throws IOException {
        String numbers = speeds.stream().map(s -> String.format(Locale.ROOT, "%.3f", s)).collect(Collectors.joining(","));
        System.out.printf(Locale.ROOT, "%n{\"peer\":\"%s\",\"version\":\"%s\",\"workload\":\"%s\",\"mode\":\"%s\",\"threads\":%d,"
                + "\"repetitions\":[%s],\"peak_rss_bytes\":%d,\"first_step_seconds\":%.3f}%n", peer, version, task.workload.label(),
                task.mode(), task.threads, numbers, peakResidentBytes(), firstStep);
    }

    private static long peakResidentBytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream().filter(l -> l.startsWith("VmHWM:"))
                .mapToLong(l -> 1024 * Long.parseLong(l.replaceAll("\\D", ""))).findFirst().orElse(0);
    }
}
