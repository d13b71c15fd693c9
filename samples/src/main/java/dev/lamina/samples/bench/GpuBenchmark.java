package dev.lamina.samples.bench;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Device;
import dev.lamina.backend.DeviceOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code lamina bench gpu} does.
 *
 * @param only names of workloads or models; none for all
 * @param modes of a step
 * @param precisions each workload and mode is measured in
 * @param backend name of Lamina's backend
 * @param device which of the kind, from 0
 * @param timing how long is measured
 * @param smoke whether tiny sizes are run, only to see that it works; an emulated device gets them in any case
 * @param verbose whether changes of layout and implementations are listed
 */
public record GpuBenchmark(List<String> only, List<Mode> modes, List<Precision> precisions, String backend, int device, Timing timing,
        boolean smoke, boolean verbose) {
    private static final Timing TINY = new Timing(0, 1e-3, 2);

    /** Copies the lists. */
    public GpuBenchmark {
        only = List.copyOf(only);
        modes = List.copyOf(modes);
        precisions = List.copyOf(precisions);
    }

    /**
     * Measures and prints.
     *
     * @param json file for the results, or null
     * @param progress where progress is shown
     * @return whether everything could be measured
     */
    public boolean run(Path json, PrintWriter out, PrintStream progress) throws IOException, InterruptedException {
        boolean tiny = introduce(out);
        List<Workload> workloads = GpuWorkloads.named(only, tiny);
        List<GpuRow> rows = new ArrayList<>();
        boolean terminal = System.console() != null && System.console().isTerminal();
        try (Watch watch = new Watch(progress, workloads.size() * modes.size() * precisions.size(), terminal)) {
            for (Workload workload : workloads) {
                for (Mode mode : modes) {
                    for (Precision precision : precisions) {
                        Contender ours = new OursOnDevice(backend, device, precision, tiny, tiny ? TINY : timing);
                        rows.add(new GpuRow(workload, precision, new Bench(ours, List.of(), 1, 0).measure(workload, mode, watch::next)));
                        JsonRows.write(json, rows.stream().map(GpuRow::json).toList());
                    }
                }
            }
        }
        GpuTable.print(rows, tiny, verbose, out);
        return rows.stream().allMatch(r -> r.row().complete());
    }

    /** Names the device and returns whether sizes are to be tiny. Opens it, so that a missing one is one error, not many. */
    private boolean introduce(PrintWriter out) {
        Device opened;
        try (Backend chosen = Backends.choose(backend, new DeviceOptions(device, 0)).backend()) {
            opened = chosen.device();
        }
        out.printf("backend %s: %s%n", backend, opened.name());
        if (opened.emulated() && !smoke) {
            out.println("note: an emulated device; sizes are those of --smoke.");
        }
        out.flush();
        return smoke || opened.emulated();
    }
}
