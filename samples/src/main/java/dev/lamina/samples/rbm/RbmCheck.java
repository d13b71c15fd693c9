package dev.lamina.samples.rbm;

import java.util.Locale;

/**
 * One figure beside the band that it must lie in. Immutable.
 *
 * @param name what was measured
 * @param expected the figure of the specification, or what it demands
 * @param low smallest accepted value
 * @param high largest accepted value
 * @param measured the figure
 * @param seconds wall-clock time it took
 */
public record RbmCheck(String name, String expected, double low, double high, double measured, double seconds) {
    /** Whether the figure lies in the band. */
    public boolean passed() {
        return measured >= low && measured <= high;
    }

    /** One line for people. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%-4s %-62s %10.3f   expected %s (%.0f s)", passed() ? "ok" : "MISS", name, measured, expected,
                seconds);
    }
}
