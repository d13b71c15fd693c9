package dev.lamina.samples.check;

import dev.lamina.check.NodeReport;
import java.util.List;
import java.util.Locale;

/** Numbers as reports print them. */
final class Figures {
    private Figures() { }

    /** An error or a tolerance: two digits and a power of ten, 0 as itself. */
    static String error(double value) {
        return value == 0 ? "0" : Double.isFinite(value) ? String.format(Locale.ROOT, "%.1e", value) : special(value);
    }

    /** A share of a tolerance. */
    static String ratio(double value) {
        return !Double.isFinite(value) ? special(value) : value >= 10_000 ? String.format(Locale.ROOT, "%.1e", value)
                : String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
    }

    /** An element, so that two floats that differ look different. */
    static String element(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.9g", value) : special(value);
    }

    /** {@code [1, 2, 3]}; with the number of the result before it, if that is not the first. */
    static String position(NodeReport.Element element) {
        return element.output() == 0 ? position(element.position()) : element.output() + ":" + position(element.position());
    }

    static String position(List<Long> position) {
        return position.toString();
    }

    private static String special(double value) {
        return Double.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
    }
}
