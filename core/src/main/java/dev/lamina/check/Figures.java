package dev.lamina.check;

import java.util.List;
import java.util.Locale;

/** Numbers as reports print them. */
public final class Figures {
    private Figures() { }

    /** An error or a tolerance: two digits and a power of ten, 0 as itself. */
    public static String error(double value) {
        return value == 0 ? "0" : Double.isFinite(value) ? String.format(Locale.ROOT, "%.1e", value) : special(value);
    }

    /** A share of a tolerance. */
    public static String ratio(double value) {
        return !Double.isFinite(value) ? special(value) : value >= 10_000 ? String.format(Locale.ROOT, "%.1e", value)
                : String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }

    /** An element, with so many digits that two floats that differ look different. */
    public static String element(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.9g", value) : special(value);
    }

    /** {@code [1, 2, 3]}; with the number of the result before it, if that is not the first. */
    public static String position(NodeReport.Element element) {
        return element.output() == 0 ? position(element.position()) : element.output() + ":" + position(element.position());
    }

    /** {@code [1, 2, 3]}. */
    public static String position(List<Long> position) {
        return position.toString();
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
    }
}
