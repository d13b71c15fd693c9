package dev.lamina.train;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws the learning curves as PNG when training ends: loss and accuracy by epoch, training and test. Where Java cannot draw (no fonts), it
 * logs that and training is none the worse. One thread at a time.
 */
public final class CurvesListener implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(CurvesListener.class);
    private static final int WIDTH = 800;
    private static final int HEIGHT = 420;

    /** Name of the file. */
    public static final String FILE = "curves.png";

    private final Path file;

    /** A listener that writes into this folder. */
    public CurvesListener(Path folder) {
        this.file = folder.resolve(FILE);
    }

    @Override
    public void onEnd(TrainResult result) {
        if (result.history().isEmpty()) {
            return;
        }
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        try {
            draw(result.history());
        } catch (IOException e) {
            throw new UncheckedIOException("curves: cannot write \"" + file + "\": " + e.getMessage(), e);
        } catch (RuntimeException | InternalError | LinkageError e) {
            LOG.warn("curves: \"{}\" was not drawn, Java's graphics do not work here: {}", file, e.toString());
        }
    }

    private void draw(List<EpochMetrics> history) throws IOException {
        List<XYChart> charts = new ArrayList<>();
        charts.add(chart("Loss", "cross-entropy", history, EpochMetrics::trainLoss, EpochMetrics::testLoss));
        charts.add(chart("Accuracy", "top-1, %", history, m -> 100 * m.trainAccuracy(), m -> 100 * m.testTop1()));
        AtomicFiles.write(file, out -> BitmapEncoder.saveBitmap(charts, 2, 1, out, BitmapFormat.PNG));
    }

    private static XYChart chart(String title, String axis, List<EpochMetrics> history, ToDoubleFunction<EpochMetrics> train,
            ToDoubleFunction<EpochMetrics> test) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle("epoch").yAxisTitle(axis).build();
        series(chart, "train", history, train);
        series(chart, "test", history, test);
        return chart;
    }

    private static void series(XYChart chart, String name, List<EpochMetrics> history, ToDoubleFunction<EpochMetrics> value) {
        List<EpochMetrics> shown = history.stream().filter(m -> Double.isFinite(value.applyAsDouble(m))).toList();
        if (!shown.isEmpty()) {
            chart.addSeries(name, shown.stream().mapToDouble(EpochMetrics::epoch).toArray(), shown.stream().mapToDouble(value).toArray());
        }
    }
}
