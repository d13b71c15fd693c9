package dev.lamina.backend;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What {@link GradientCheck} found.
 *
 * @param entries every comparison, worst first
 * @param limit the largest error that passes
 */
public record GradientReport(List<Entry> entries, double limit) {

    /**
     * One comparison of an analytic with a numeric derivative.
     *
     * @param node the checked node, {@code op "name"}
     * @param input name of the argument; {@code (direction)} for the random direction over all arguments together
     * @param index position of the element in row-major order; -1 for the direction
     * @param analytic derivative by the gradient rules
     * @param numeric derivative by central differences
     * @param error {@code |a - n| / max(1, |a|, |n|)}; infinite if one of them is not finite
     */
    public record Entry(String node, String input, long index, double analytic, double numeric, double error) {
        static Entry of(String node, String input, long index, double analytic, double numeric) {
            double error = Math.abs(analytic - numeric) / Math.max(1, Math.max(Math.abs(analytic), Math.abs(numeric)));
            return new Entry(node, input, index, analytic, numeric, Double.isFinite(error) ? error : Double.POSITIVE_INFINITY);
        }

        /** One line of the report. */
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s: input %s%s analytic %.12g numeric %.12g error %.2e", node, input,
                    index < 0 ? "" : "[" + index + "]", analytic, numeric, error);
        }
    }

    /** Sorts the entries. */
    public GradientReport {
        entries = entries.stream().sorted(Comparator.comparingDouble(Entry::error).reversed()).toList();
    }

    /** True if no error exceeds the limit. */
    public boolean passed() {
        return entries.isEmpty() || entries.getFirst().error() <= limit;
    }

    /** The ten worst comparisons, one a line, under a line that counts them. */
    @Override
    public String toString() {
        long failed = entries.stream().filter(e -> e.error() > limit).count();
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%d of %d derivatives differ by more than %.0e%n", failed, entries.size(), limit));
        entries.stream().limit(10).forEach(e -> text.append("  ").append(e).append(System.lineSeparator()));
        return text.toString();
    }
}
