package dev.lamina.samples.reproduce;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One figure.
 *
 * @param section of the specification
 * @param name what is measured; unique within its section
 * @param unit of the figure, e.g. {@code %}; maybe empty
 * @param settings everything that the figure depends on, for people
 * @param band what the figure is expected to be
 * @param seconds about how long it takes on two cores, for the time left
 * @param measure measures it
 */
public record Row(int section, String name, String unit, String settings, Band band, double seconds, Measure measure) {
    /** Measures a figure. */
    @FunctionalInterface
    public interface Measure {
        /**
         * The figure, in the row's unit.
         *
         * @throws IOException if data cannot be read
         */
        double measure(Laboratory laboratory) throws IOException;
    }

    /** Section and name, by which rows are picked and found again. */
    public String key() {
        return section + " " + name;
    }

    /**
     * The rows in whose {@code SECTION NAME} a pattern is found.
     *
     * @throws IllegalArgumentException if it is found in none
     */
    public static List<Row> matching(List<Row> rows, Pattern only) {
        List<Row> chosen = rows.stream().filter(r -> only.matcher(r.key()).find()).toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("reproduce: --only " + only + " matches none of the rows. See them with --list.");
        }
        return chosen;
    }
}
