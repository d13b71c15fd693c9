package dev.lamina.samples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineChartTest {
    private static LineChart chart(double... values) {
        List<LineChart.Point> points = new ArrayList<>();
        for (double value : values) {
            points.add(new LineChart.Point(points.size() + 1, value));
        }
        return new LineChart("a < b", "%", "epoch", List.of(new LineChart.Curve("c & d", points)));
    }

    @Test
    void pointsLieWhereTheAxesSay() {
        String svg = chart(0, 10, 5).svg();
        // Positions 1..3 over 70..538, values 0..10 over 210..34.
        assertTrue(svg.contains("d=\"M70.0 210.0L304.0 34.0L538.0 122.0\""), svg);
        assertTrue(svg.contains("aria-label=\"a &lt; b (%) by epoch; c &amp; d from 0 to 5\""), svg);
        assertTrue(svg.contains("<title>c &amp; d, epoch 2: 10</title>"), svg);
    }

    @Test
    void whatIsNotFiniteBreaksTheCurve() {
        assertTrue(chart(0, Double.NaN, 10, 10).svg().contains("d=\"M70.0 210.0M382.0 34.0L538.0 34.0\""));
        assertTrue(chart(Double.NaN).svg().contains("no finite value"));
        assertTrue(chart(1e16, Math.nextUp(1e16)).svg().contains("</svg>"), "values that hardly differ");
    }

    @Property(tries = 100)
    void chartsAreWellFormed(@ForAll @Size(min = 1, max = 80) double[] values) throws Exception {
        String svg = chart(values).svg();
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.25, 0.25", "12345.678, 12346", "0.00012344, 0.0001234", "96.61, 96.61", "100, 100", "1e9, 1.00e+09", "NaN, -"})
    void numbersAreShort(double value, String text) {
        assertEquals(text, LineChart.number(value));
    }
}
