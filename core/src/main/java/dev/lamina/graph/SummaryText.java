package dev.lamina.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A summary as a table. */
final class SummaryText {
    private static final List<String> TITLES = List.of("layer", "op", "output", "parameters", "frozen", "activations", "MACs", "FLOPs",
            "r/j/s", "");
    private static final List<Boolean> RIGHT = List.of(false, false, false, true, true, true, true, true, true, false);

    private SummaryText() { }

    static String table(Summary summary) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(TITLES);
        for (Summary.Row row : summary.rows()) {
            lines.add(List.of(row.name(), row.op(), row.output().toString(), count(row.trainable()), count(row.frozen()),
                    bytes(row.activationBytes()), count(row.macs()), count(row.flops()),
                    row.field().map(Summary.Field::toString).orElse("-"), String.join("; ", row.marks())));
        }
        int[] widths = new int[TITLES.size()];
        lines.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - line.get(i).length());
                row.append(RIGHT.get(i) ? padding + line.get(i) : line.get(i) + padding).append("  ");
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        Summary.Memory memory = summary.memory(0);
        return text.append(String.format(Locale.ROOT, "\nbatch %d: %,d trainable parameters, %,d frozen; %,d MACs and %,d FLOPs forward"
                + " (%,d MACs a sample), %,d FLOPs a training step\n", summary.batch(), summary.trainableParameters(),
                summary.frozenParameters(), summary.macs(), summary.flops(), summary.macsPerSample(), summary.flopsPerStep()))
                .append("memory in training: weights ").append(bytes(memory.weights())).append(", gradients ")
                .append(bytes(memory.gradients())).append(", each optimizer copy ").append(bytes(memory.gradients()))
                .append(", activations ").append(bytes(memory.activations())).append('\n').toString();
    }

    private static String count(long number) {
        return number == 0 ? "-" : String.format(Locale.ROOT, "%,d", number);
    }

    private static String bytes(long bytes) {
        if (bytes == 0) {
            return "-";
        }
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < 4) {
            value /= 1024;
            unit++;
        }
        String name = List.of("B", "KiB", "MiB", "GiB", "TiB").get(unit);
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, name);
    }
}
