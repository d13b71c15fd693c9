package dev.lamina.train;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.OutputStream;
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
 * Draws the learning curves as PNG when training ends or is stopped: loss and accuracy by epoch, training and test. Where Java cannot
 * draw (no fonts), it logs that and training is none the worse. One thread at a time.
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

    /**
     * Java's graphics, once a process. When they start they register shutdown hooks, which a process that is ending refuses: they must be
     * there before a run is asked to end.
     */
    private static final class Graphics {
        private static final int SIDE = 200;

        static {
            if (System.getProperty("java.awt.headless") == null) {
                System.setProperty("java.awt.headless", "true");
            }
            try {
                XYChart chart = new XYChartBuilder().width(SIDE).height(SIDE).title("0").xAxisTitle("0").yAxisTitle("0").build();
                chart.addSeries("0", new double[] {0, 1}, new double[] {0, 1});
                BitmapEncoder.saveBitmap(List.of(chart), 1, 1, OutputStream.nullOutputStream(), BitmapFormat.PNG);
            } catch (IOException | RuntimeException | InternalError | LinkageError e) {
                LOG.debug("curves: Java's graphics do not start", e);
            }
        }

        private Graphics() { }

        /** Starts them unless they have. */
        static void start() {
            LOG.trace("curves: Java's graphics have started");
        }
    }

    @Override
    public void onStart(Start event) {
        Graphics.start();
    }

    @Override
    public void onEnd(TrainResult result) {
        if (result.history().isEmpty()) {
            return;
        }
        Graphics.start();
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
