package dev.lamina.graph;

import dev.lamina.tensor.Shape;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The error of a model that is too large for a device. */
final class SummaryFit {
    private static final double GIB = 1L << 30;
    private static final double MIB = 1L << 20;

    private SummaryFit() { }

    static Optional<String> problem(Summary summary, long freeBytes, String optimizer, Summary.Memory memory) {
        long need = memory.total();
        double usable = 0.95 * freeBytes;
        if (need <= usable) {
            return Optional.empty();
        }
        boolean large = need >= GIB / 10;
        double unit = large ? GIB : MIB;
        String name = large ? "GiB" : "MiB";
        String copies = memory.optimizer() == 0 ? "" : ", " + title(optimizer) + " " + tenths(memory.optimizer(), unit);
        StringBuilder text = new StringBuilder(String.format(Locale.ROOT,
                "model does not fit: needs %s %s (weights %s, gradients %s%s, activations %s), device has %s %s free.",
                tenths(need, unit), name, tenths(memory.weights(), unit), tenths(memory.gradients(), unit), copies,
                tenths(memory.activations(), unit), tenths(freeBytes, unit), name));
        Optional<Summary.Row> largest = summary.rows().stream().filter(r -> r.weight().isPresent())
                .max(Comparator.comparingLong(r -> r.weight().get().elements()));
        largest.ifPresent(row -> text.append(String.format(Locale.ROOT, " Largest: %s \"%s\" %s, %,d weights.", row.op(), row.name(),
                row.weight().get().shape(), row.weight().get().elements())));
        largest.filter(row -> row.op().equals("linear")).flatMap(row -> convolution(row.weight().get().shape()))
                .ifPresent(text::append);
        long fits = largestBatch(summary, usable, memory);
        if (fits >= 1 && fits < summary.batch()) {
            text.append(" The largest batch that fits is ").append(fits).append('.');
        }
        return Optional.of(text.toString());
    }

    /** The largest batch if activations grow with it and the rest stays. */
    private static long largestBatch(Summary summary, double usable, Summary.Memory memory) {
        double left = usable - (memory.total() - memory.activations());
        double perSample = (double) memory.activations() / Math.max(1, summary.batch());
        return perSample > 0 ? (long) Math.floor(left / perSample) : 0;
    }

    /** If a weight {@code [out, in]} maps a square image with 3 or 1 channels to a square image of half or equal extent. */
    private static Optional<String> convolution(Shape weight) {
        long in = weight.dim(1);
        for (long channels : new long[] {3, 1}) {
            long side = Math.round(Math.sqrt((double) in / channels));
            if (in % channels != 0 || side * side * channels != in || side < 8) {
                continue;
            }
            for (long stride = 1; stride <= 2; stride++) {
                long outSide = side / stride;
                long filters = weight.dim(0) / (outSide * outSide);
                if (side % stride == 0 && filters >= 1 && filters * outSide * outSide == weight.dim(0)) {
                    return Optional.of(String.format(Locale.ROOT, " A convolution 3x3 with %,d filter%s and stride %d has %,d.", filters,
                            filters == 1 ? "" : "s", stride, 9 * channels * filters + filters));
                }
            }
        }
        return Optional.empty();
    }

    private static String tenths(long bytes, double unit) {
        return String.format(Locale.ROOT, "%.1f", bytes / unit);
    }

    private static String title(String optimizer) {
        return switch (optimizer) {
            case "sgd" -> "SGD";
            case "adam" -> "Adam";
            case "adamw" -> "AdamW";
            case "nesterov" -> "Nesterov";
            default -> optimizer;
        };
    }
}
