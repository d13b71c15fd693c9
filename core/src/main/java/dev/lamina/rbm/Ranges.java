package dev.lamina.rbm;

import java.util.Locale;

/** Checks of options. */
final class Ranges {
    private Ranges() { }

    static void require(boolean holds, String format, Object... args) {
        if (!holds) {
            throw new IllegalArgumentException("rbm: " + format.formatted(args));
        }
    }

    /** A number for messages: two digits after the point, or scientific where that says nothing. */
    static String text(double value) {
        double size = Math.abs(value);
        return Double.isFinite(value) && (size >= 1e6 || size < 1e-2 && size > 0)
                ? String.format(Locale.ROOT, "%.3e", value) : String.format(Locale.ROOT, "%.2f", value);
    }
}
