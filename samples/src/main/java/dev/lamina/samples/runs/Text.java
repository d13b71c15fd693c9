package dev.lamina.samples.runs;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers and rows as texts. Stateless. */
public final class Text {
    private Text() { }

    /** A share as per cent with two decimals; {@code -} for NaN. */
    public static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    /** A number with so many decimals; {@code -} for NaN. */
    public static String number(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** A row of comma-separated values with its line end; cells with commas, quotes or line ends are quoted (RFC 4180). */
    public static String csvRow(List<?> cells) {
        return cells.stream().map(c -> quoted(String.valueOf(c))).collect(Collectors.joining(",")) + "\n";
    }

    private static String quoted(String cell) {
        boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /** A name in camel case as words: {@code evalBatchSize} becomes {@code eval batch size}. */
    static String words(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
