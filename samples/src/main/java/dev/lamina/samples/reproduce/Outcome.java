package dev.lamina.samples.reproduce;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Locale;

/**
 * A row with its measured figure.
 *
 * @param section of the specification
 * @param name of the row
 * @param unit of the figure
 * @param settings of the row
 * @param expected the band as text
 * @param figure as measured; null if there is none
 * @param passed whether it is in the band
 * @param seconds that measuring took
 * @param problem why there is no figure; null if there is one
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Outcome(int section, String name, String unit, String settings, String expected, Double figure, boolean passed,
        double seconds, String problem) {

    static Outcome of(Row row, double figure, double seconds) {
        return new Outcome(row.section(), row.name(), row.unit(), row.settings(), row.band().text(), figure,
                row.band().accepts().test(figure), seconds, null);
    }

    static Outcome failed(Row row, String problem, double seconds) {
        return new Outcome(row.section(), row.name(), row.unit(), row.settings(), row.band().text(), null, false, seconds, problem);
    }

    /** Whether this is a figure of the row as it is now, so that it need not be measured again. */
    boolean answers(Row row) {
        return figure != null && section == row.section() && name.equals(row.name()) && settings.equals(row.settings())
                && expected.equals(row.band().text());
    }

    /** The figure for people. */
    public String figureText() {
        return figure == null ? "-" : number(figure) + (unit.isEmpty() ? "" : " " + unit);
    }

    /** The band with its unit. */
    public String expectedText() {
        return expected + (unit.isEmpty() ? "" : " " + unit);
    }

    /** {@code ok}, {@code MISS} or {@code NO FIGURE}. */
    public String verdict() {
        return figure == null ? "NO FIGURE" : passed ? "ok" : "MISS";
    }

    private String number(double x) {
        return String.format(Locale.ROOT, unit.equals("%") ? "%.2f" : "%.4g", x);
    }
}
