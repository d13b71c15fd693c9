package dev.lamina.features.linear;

import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

/** Draws how much of the variance the first components explain. Stateless. */
public final class VarianceChart {
    private VarianceChart() { }

    /**
     * Writes a PNG: the share of the total variance by the number of components, over all components that were found.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(FittedPca pca, Path file) throws IOException {
        double[] values = pca.spectrum().toDoubles();
        double[] number = new double[values.length];
        double[] share = new double[values.length];
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += values[i];
            number[i] = i + 1;
            share[i] = pca.totalVariance().item() > 0 ? 100 * sum / pca.totalVariance().item() : 0;
        }
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        XYChart chart = new XYChartBuilder().width(800).height(420).title("Explained variance").xAxisTitle("components")
                .yAxisTitle("% of the total variance").build();
        chart.addSeries("all", number, share);
        int kept = (int) pca.outputSize();
        chart.addSeries("kept: " + kept, new double[] {kept, kept}, new double[] {0, share[kept - 1]});
        AtomicFiles.write(file, out -> BitmapEncoder.saveBitmap(List.of(chart), 1, 1, out, BitmapFormat.PNG));
    }
}
