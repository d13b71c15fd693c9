package dev.lamina.samples.cli;

import dev.lamina.io.AtomicFiles;
import dev.lamina.rbm.SteppedSigmoid;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina demo relu}: the rectifier as the limit of many shifted sigmoids. */
@Command(name = "relu", mixinStandardHelpOptions = true,
        description = "Where the rectifier comes from: the sum of sigmoids shifted by 0.5, 1.5, ... is nearly softplus, which is nearly "
                + "max(0, x). Prints the differences and draws the three.")
final class DemoReluCommand implements Callable<Integer> {
    private static final int POINTS = 401;

    @Spec
    private CommandSpec spec;

    @Option(names = "--copies", defaultValue = "100", paramLabel = "N", description = "shifted sigmoids in the sum (${DEFAULT-VALUE})")
    private int copies;

    @Option(names = "--range", defaultValue = "8", paramLabel = "X", description = "compared on [-X, X] (${DEFAULT-VALUE})")
    private double range;

    @Option(names = "--out", defaultValue = "relu.png", paramLabel = "FILE", description = "PNG (${DEFAULT-VALUE})")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        SteppedSigmoid.Comparison c = SteppedSigmoid.compare(copies, range);
        text.println("       x   stepped  softplus      relu");
        for (double x : new double[] {-4, -2, -1, 0, 1, 2, 4}) {
            text.printf("%8.1f %9.6f %9.6f %9.6f%n", x, SteppedSigmoid.stepped(copies, x), SteppedSigmoid.softplus(x), Math.max(0, x));
        }
        text.printf("largest difference on |x| <= %s: stepped (%d copies) - softplus %.5f at x = %.3f, softplus - relu %.5f, stepped - "
                + "relu %.5f%n", range, copies, c.steppedAgainstSoftplus(), c.at(), c.softplusAgainstRelu(), c.steppedAgainstRelu());
        draw();
        text.printf("plot: %s%n", out);
        return 0;
    }

    private void draw() throws IOException {
        XYChart chart = new XYChartBuilder().width(800).height(500).title(copies + " shifted sigmoids, softplus and the rectifier")
                .xAxisTitle("x").yAxisTitle("value").build();
        series(chart, "sum of sigmoids", x -> SteppedSigmoid.stepped(copies, x));
        series(chart, "softplus", SteppedSigmoid::softplus);
        series(chart, "relu", x -> Math.max(0, x));
        series(chart, "one sigmoid", SteppedSigmoid::sigmoid);
        AtomicFiles.write(out, stream -> BitmapEncoder.saveBitmap(List.of(chart), 1, 1, stream, BitmapEncoder.BitmapFormat.PNG));
    }

    private void series(XYChart chart, String name, DoubleUnaryOperator function) {
        double[] x = IntStream.range(0, POINTS).mapToDouble(i -> range * (2.0 * i / (POINTS - 1) - 1)).toArray();
        double[] y = IntStream.range(0, POINTS).mapToDouble(i -> function.applyAsDouble(x[i])).toArray();
        chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
    }
}
