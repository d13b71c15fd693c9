package dev.lamina.samples.bench;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code lamina bench cpu} does.
 *
 * @param workloads what is measured
 * @param modes of those modes that a workload has
 * @param backend name of Lamina's backend
 * @param threads worker threads of all contenders
 * @param peers whether other libraries are measured too
 * @param rounds how often each contender is measured
 * @param verbose whether reorders and implementations are listed
 */
public record CpuBenchmark(List<Workload> workloads, List<Mode> modes, String backend, int threads, Timing timing, boolean peers,
        int rounds, boolean verbose) {
    private static final double QUIET = 0.5;

    /** Checks the numbers. */
    public CpuBenchmark {
        workloads = List.copyOf(workloads);
        modes = List.copyOf(modes);
        if (threads < 1) {
            throw new IllegalArgumentException("bench: --threads " + threads + ", needs at least 1.");
        }
    }

    /**
     * Measures and prints.
     *
     * @param json file for the results, or null
     * @param progress where progress is shown
     * @return whether everything could be measured
     */
    public boolean run(Path json, PrintWriter out, PrintStream progress) throws IOException, InterruptedException {
        warn(out);
        Bench bench = new Bench(new Ours(backend, threads, timing), peers ? otherLibraries(out) : List.of(), rounds, threads);
        List<Row> rows = new ArrayList<>();
        boolean terminal = System.console() != null && System.console().isTerminal();
        try (Watch watch = new Watch(progress, processes(bench), terminal)) {
            for (Workload workload : workloads) {
                for (Mode mode : modesOf(workload)) {
                    rows.add(bench.measure(workload, mode, watch::next));
                    JsonRows.write(json, rows.stream().map(Row::json).toList());
                }
            }
        }
        Table.print(rows, verbose, out);
        return rows.stream().allMatch(Row::complete);
    }

    private List<Peer> otherLibraries(PrintWriter out) throws IOException, InterruptedException {
        PeerFiles files = PeerFiles.locate();
        files.build(out);
        return Peer.all(files, threads, timing);
    }

    private List<Mode> modesOf(Workload workload) {
        return workload.modes().stream().filter(modes::contains).toList();
    }

    private int processes(Bench bench) {
        return workloads.stream().mapToInt(w -> modesOf(w).stream().mapToInt(m -> bench.processes(w, m)).sum()).sum();
    }

    private void warn(PrintWriter out) {
        int processors = Runtime.getRuntime().availableProcessors();
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        out.printf("backend %s: %s, %d threads on %d processors%n", backend, device(), threads, processors);
        if (threads > processors) {
            out.printf("note: more threads than processors; nothing runs well so.%n");
        }
        if (load > QUIET) {
            out.printf(Locale.ROOT, "note: the machine is busy (load average %.1f); figures and ratios need a quiet one.%n", load);
        }
        out.flush();
    }

    /** Opens the backend once, so that an unknown or missing one is one error and not one of each process. */
    private String device() {
        try (Backend opened = Backends.choose(backend, new DeviceOptions(0, threads)).backend()) {
            return opened.device().name();
        }
    }
}
