package dev.lamina.samples.reproduce;

import java.util.Locale;
import java.util.function.DoublePredicate;

/**
 * What a figure is expected to be.
 *
 * @param text for people
 * @param accepts whether a figure is in it; NaN never is
 */
public record Band(String text, DoublePredicate accepts) {
    /** At least this. */
    public static Band atLeast(double low) {
        return new Band(">= " + number(low), x -> x >= low);
    }

    /** At most this. */
    public static Band atMost(double high) {
        return new Band("<= " + number(high), x -> x <= high);
    }

    /** Below this. */
    public static Band below(double high) {
        return new Band("< " + number(high), x -> x < high);
    }

    /** In this closed interval. */
    public static Band between(double low, double high) {
        return new Band(number(low) + " to " + number(high), x -> x >= low && x <= high);
    }

    /** A figure that was measured once and has no band: any finite one is accepted, and stands beside it. */
    public static Band about(double once) {
        return new Band("about " + number(once), Double::isFinite);
    }

    private static String number(double x) {
        return x != 0 && Math.abs(x) < 1e-3 ? String.format(Locale.ROOT, "%.0e", x) : Double.toString(x).replaceFirst("\\.0$", "");
    }
}
