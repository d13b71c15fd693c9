package dev.lamina.samples.bench;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results of {@code bench gpu} for people. */
final class GpuTable {
    private static final String HEAD = "%-14s %-6s %-8s %12s %23s %9s %7s %9s %7s %8s";
    private static final String NO_MEANING = "These figures mean nothing: tiny sizes, to see that the measurement works.";

    private GpuTable() { }

    static void print(List<GpuRow> rows, boolean smoke, boolean verbose, PrintWriter out) {
        out.printf(Locale.ROOT, HEAD + "%n", "workload", "mode", "numbers", "samples/s", "range", "TFLOP/s", "gemm", "GB/s", "copy",
                "start");
        rows.forEach(row -> out.println(line(row)));
        printCeilings(rows, out);
        if (rows.stream().anyMatch(r -> !groups(r).isEmpty())) {
            printGroups(rows, out);
        }
        if (verbose) {
            rows.forEach(r -> Table.printDetails(r.row(), out));
        }
        rows.stream().filter(r -> !r.row().error().isEmpty()).forEach(r -> out.printf("%s failed: %s%n", name(r), r.row().error()));
        if (smoke) {
            out.println(NO_MEANING);
        }
        out.flush();
    }

    private static String line(GpuRow row) {
        String mode = row.row().mode().label();
        String numbers = row.precision().label();
        return row.row().ours().map(o -> String.format(Locale.ROOT, HEAD, row.workload().name(), mode, numbers,
                Table.speed(o.speed().median()), Table.speed(o.speed().min()) + " - " + Table.speed(o.speed().max()),
                number(o.flopsPerSecond() * 1e-12), Table.percent(o.sgemmShare()),
                row.bytesPerSecond().map(b -> number(b * 1e-9)).orElse("-"),
                o.onDevice().flatMap(d -> row.bytesPerSecond().map(b -> Table.percent(b / d.copyPeak()))).orElse("-"),
                Table.seconds(o.firstStepSeconds())))
                .orElseGet(() -> String.format(Locale.ROOT, HEAD, row.workload().name(), mode, numbers, "failed", "", "", "", "", "", ""));
    }

    private static void printCeilings(List<GpuRow> rows, PrintWriter out) {
        rows.stream().map(GpuRow::precision).distinct().forEach(precision -> rows.stream().filter(r -> r.precision() == precision)
                .flatMap(r -> r.row().ours().stream()).mapToDouble(Row.Own::sgemmPeak).max().ifPresent(peak -> out.printf(Locale.ROOT,
                        "gemm: share of the speed of large matrix products in %s here, at best %s TFLOP/s%n", precision.label(),
                        number(peak * 1e-12))));
        rows.stream().flatMap(r -> r.row().ours().stream()).flatMap(o -> o.onDevice().stream()).mapToDouble(DeviceFigures::copyPeak).max()
                .ifPresent(peak -> out.printf(Locale.ROOT, "copy: share of the speed of a large copy here, at best %s GB/s%n",
                        number(peak * 1e-9)));
        rows.stream().flatMap(r -> r.row().ours().stream()).flatMap(o -> o.onDevice().stream()).map(DeviceFigures::clock).distinct()
                .forEach(clock -> out.printf("samples/s: by %s; start: from the start of the process to its first result%n", clock));
    }

    private static void printGroups(List<GpuRow> rows, PrintWriter out) {
        List<String> used = Arrays.stream(KernelGroup.values()).map(g -> g.name().toLowerCase(Locale.ROOT))
                .filter(g -> rows.stream().anyMatch(r -> groups(r).containsKey(g))).toList();
        out.printf("%nmilliseconds of a step by kind of work, each kernel timed by itself:%n%-30s", "");
        used.forEach(g -> out.printf(" %13s", g));
        out.println();
        for (GpuRow row : rows) {
            out.printf("%-30s", name(row));
            used.forEach(g -> out.printf(" %13s", groups(row).containsKey(g) ? number(groups(row).get(g)) : "-"));
            out.println();
        }
    }

    private static Map<String, Double> groups(GpuRow row) {
        return row.row().ours().flatMap(Row.Own::onDevice).map(DeviceFigures::groups).orElse(Map.of());
    }

    private static String name(GpuRow row) {
        return row.workload().name() + " " + row.row().mode().label() + " " + row.precision().label();
    }

    /** Three digits or more. */
    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : value >= 1 ? "%.2f" : "%.3g", value);
    }
}
