package dev.lamina.samples.demo;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Line charts as PNG. Where Java cannot draw (no fonts), that is logged and the file is not written. */
public final class Charts {
    private static final Logger LOG = LoggerFactory.getLogger(Charts.class);
    private static final int WIDTH = 760;
    private static final int HEIGHT = 460;

    private Charts() { }

    /**
     * One chart.
     *
     * @param logarithmic whether the vertical axis is; values that are not positive are then left out
     * @param series y by x, by name, in order
     */
    public record Chart(String title, String xAxis, String yAxis, boolean logarithmic, Map<String, Map<Double, Double>> series) { }

    /**
     * Charts side by side in one file.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public static void write(Path file, List<Chart> charts) {
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        try {
            List<XYChart> drawn = new ArrayList<>();
            charts.forEach(c -> drawn.add(chart(c)));
            AtomicFiles.write(file, out -> BitmapEncoder.saveBitmap(drawn, 1, drawn.size(), out, BitmapFormat.PNG));
        } catch (IOException e) {
            throw new UncheckedIOException("chart: cannot write \"" + file + "\": " + e.getMessage(), e);
        } catch (RuntimeException | InternalError | LinkageError e) {
            LOG.warn("chart: \"{}\" was not drawn, Java's graphics do not work here: {}", file, e.toString());
        }
    }

    private static XYChart chart(Chart chart) {
        XYChart drawn = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(chart.title).xAxisTitle(chart.xAxis).yAxisTitle(chart.yAxis)
                .build();
        drawn.getStyler().setYAxisLogarithmic(chart.logarithmic);
        chart.series.forEach((name, points) -> {
            List<Map.Entry<Double, Double>> shown = points.entrySet().stream()
                    .filter(p -> Double.isFinite(p.getValue()) && (!chart.logarithmic || p.getValue() > 0)).toList();
            if (!shown.isEmpty()) {
                drawn.addSeries(name, shown.stream().mapToDouble(Map.Entry::getKey).toArray(),
                        shown.stream().mapToDouble(Map.Entry::getValue).toArray());
            }
        });
        return drawn;
    }
}
