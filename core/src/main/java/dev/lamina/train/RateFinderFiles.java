package dev.lamina.train;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What a sweep of learning rates found, as a table and as a picture. Stateless. */
public final class RateFinderFiles {
    /** First row of the table. */
    public static final String HEADER = "learning_rate,loss,smoothed_loss";
    private static final int WIDTH = 800;
    private static final int HEIGHT = 480;

    private RateFinderFiles() { }

    /** Writes one row a step. */
    public static void csv(Path file, RateFinder.Result result) throws IOException {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        result.points().forEach(p -> text.append(p.rate()).append(',').append(p.loss()).append(',').append(p.smoothed()).append('\n'));
        AtomicFiles.writeString(file, text.toString());
    }

    /** Draws loss and smoothed loss by the rate's logarithm, with the suggestions; losses far above the first are left out. */
    public static void png(Path file, RateFinder.Result result) throws IOException {
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title("Loss by learning rate").xAxisTitle("learning rate")
                .yAxisTitle("cross-entropy").build();
        chart.getStyler().setXAxisLogarithmic(true);
        double top = 2 * result.points().getFirst().loss();
        List<RateFinder.Point> shown = result.points().stream().filter(p -> p.loss() <= top && p.smoothed() <= top).toList();
        double[] rates = shown.stream().mapToDouble(RateFinder.Point::rate).toArray();
        chart.addSeries("loss", rates, shown.stream().mapToDouble(RateFinder.Point::loss).toArray()).setMarker(SeriesMarkers.NONE);
        chart.addSeries("smoothed", rates, shown.stream().mapToDouble(RateFinder.Point::smoothed).toArray()).setMarker(SeriesMarkers.NONE);
        mark(chart, "steepest", result.steepest(), shown);
        mark(chart, "minimum", result.minimum(), shown);
        AtomicFiles.write(file, out -> BitmapEncoder.saveBitmap(List.of(chart), 1, 1, out, BitmapFormat.PNG));
    }

    private static void mark(XYChart chart, String name, double rate, List<RateFinder.Point> shown) {
        shown.stream().filter(p -> p.rate() == rate).findFirst()
                .ifPresent(p -> chart.addSeries(name, new double[] {p.rate()}, new double[] {p.smoothed()}));
    }
}
