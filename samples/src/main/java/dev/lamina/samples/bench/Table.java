package dev.lamina.samples.bench;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Results for people. */
final class Table {
    private static final String HEAD = "%-9s %-6s %12s %21s %7s %10s %11s %9s %8s";

    private Table() { }

    static void print(List<Row> rows, boolean verbose, PrintWriter out) {
        boolean peers = rows.stream().anyMatch(r -> !r.peers().isEmpty());
        String head = String.format(Locale.ROOT, HEAD, "workload", "mode", "samples/s", "range", "sgemm", "peak RSS", "heap/step",
                "reorders", "start");
        out.println(peers ? head + String.format(Locale.ROOT, "  %-22s %12s %6s", "fastest peer", "samples/s", "ratio") : head);
        rows.forEach(row -> print(row, peers, out));
        rows.stream().flatMap(r -> r.ours().stream()).mapToDouble(Row.Own::sgemmPeak).max().ifPresent(peak ->
                out.printf(Locale.ROOT, "sgemm: share of the speed of a large matrix product here, at best %,.1f GFLOP/s; "
                        + "start: from the start of the process to the end of its first step%n", peak * 1e-9));
        if (peers) {
            rows.forEach(row -> printPeers(row, out));
        }
        if (verbose) {
            rows.forEach(row -> printDetails(row, out));
        }
        rows.stream().filter(r -> !r.error().isEmpty()).forEach(r -> out.printf("%s %s failed: %s%n", r.workload(), r.mode().label(),
                r.error()));
        out.flush();
    }

    private static void print(Row row, boolean peers, PrintWriter out) {
        String ours = row.ours().map(o -> String.format(Locale.ROOT, HEAD, row.workload(), row.mode().label(), speed(o.speed().median()),
                speed(o.speed().min()) + " - " + speed(o.speed().max()), percent(o.sgemmShare()), mebibytes(o.peakResidentBytes()),
                String.format(Locale.ROOT, "%,d B", o.heapBytesPerStep()), o.reorders().size(), seconds(o.firstStepSeconds())))
                .orElseGet(() -> String.format(Locale.ROOT, HEAD, row.workload(), row.mode().label(), "failed", "", "", "", "", "", ""));
        out.print(ours);
        if (peers) {
            out.printf(Locale.ROOT, "  %-22s %12s %6s", row.fastestPeer().map(Row.PeerResult::name).orElse("none"),
                    row.fastestPeer().map(p -> speed(p.median())).orElse(""),
                    row.ratio().map(r -> String.format(Locale.ROOT, "%.2f", r)).orElse(""));
        }
        out.println();
    }

    private static void printPeers(Row row, PrintWriter out) {
        out.printf("%n%s %s, samples/s:%n", row.workload(), row.mode().label());
        row.ours().ifPresent(o -> printSpeed("lamina", o.speed(), o.peakResidentBytes(), o.firstStepSeconds(), out));
        for (Row.PeerResult peer : row.peers()) {
            peer.speed().ifPresentOrElse(s -> printSpeed(peer.name(), s, peer.peakResidentBytes(), peer.firstStepSeconds(), out),
                    () -> out.printf("  %-22s FAILED, left out of the comparison: %s%n", peer.name(), peer.error()));
        }
    }

    private static void printSpeed(String name, Statistics speed, long resident, double start, PrintWriter out) {
        out.printf(Locale.ROOT, "  %-22s %12s (%s - %s), peak RSS %s, first step after %s%n", name, speed(speed.median()),
                speed(speed.min()), speed(speed.max()), mebibytes(resident), seconds(start));
    }

    static String seconds(double value) {
        return String.format(Locale.ROOT, "%.2f s", value);
    }

    static void printDetails(Row row, PrintWriter out) {
        row.ours().ifPresent(o -> {
            out.printf("%n%s %s, reorders of a step:%n", row.workload(), row.mode().label());
            lines(o.reorders(), out);
            out.printf("%s %s, implementations in the order they run:%n", row.workload(), row.mode().label());
            lines(o.lowered(), out);
        });
    }

    private static void lines(List<String> lines, PrintWriter out) {
        if (lines.isEmpty()) {
            out.println("  none reported");
        }
        lines.forEach(l -> out.println("  " + l));
    }

    /** Four digits or more. */
    static String speed(double value) {
        return String.format(Locale.ROOT, value >= 1000 ? "%,.0f" : value >= 100 ? "%.1f" : "%.2f", value);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String mebibytes(long bytes) {
        return bytes == 0 ? "unknown" : String.format(Locale.ROOT, "%,.0f MiB", bytes / 0x1p20);
    }
}
