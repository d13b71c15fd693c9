package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.io.AtomicFiles;
import dev.lamina.io.ImageFile;
import dev.lamina.rbm.GibbsSampler;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.RbmInference;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.rbm.RbmPictures;
import dev.lamina.rbm.RbmStack;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The pictures of a machine. */
final class RbmOutputs {
    static final int COLUMNS = 20;
    /** Chains and turns of the samples that training leaves. */
    static final int CHAINS = 64;
    static final int TURNS = 100;

    private static final int SHOWN = 100;
    private static final int BINS = 60;

    private RbmOutputs() { }

    /** Filters of the first machine. */
    static void filters(RbmStack stack, Path file, int count) throws IOException {
        ImageFile.writePng(file, RbmPictures.filters(stack.layers().getFirst(), stack.image(), count, COLUMNS));
    }

    /** Hidden means of the first samples as a picture; says how active the units are. */
    static String probabilities(Backend backend, RbmParameters machine, Dataset data, Path file) throws IOException {
        try (RbmInference inference = RbmInference.of(backend, machine)) {
            Tensor means = inference.hidden(data.first(SHOWN));
            ImageFile.writePng(file, RbmPictures.probabilities(means));
            return activity(means, machine.rbm().hiddenUnit());
        }
    }

    private static String activity(Tensor means, HiddenUnit unit) {
        long n = means.shape().dim(0);
        int units = Math.toIntExact(means.shape().dim(1));
        double[] mean = new double[units];
        for (long row = 0; row < n; row++) {
            for (int j = 0; j < units; j++) {
                mean[j] += means.get(row, j) / n;
            }
        }
        long dead = Arrays.stream(mean).filter(m -> m < 0.01).count();
        long always = Arrays.stream(mean).filter(m -> m > 0.99).count();
        String ends = switch (unit) {
            case BINARY -> String.format(Locale.ROOT, "%d below 0.01, %d above 0.99", dead, always);
            case NRELU -> String.format(Locale.ROOT, "%d below 0.01", dead);
        };
        return String.format(Locale.ROOT, "%d hidden units on %d samples: mean activity %.3f, %s", units, n,
                Arrays.stream(mean).average().orElseThrow(), ends);
    }

    /**
     * Draws from the topmost machine, shown as what the machines below make of them.
     *
     * @param start pixels at whose first samples the chains begin; null for random hidden units
     */
    static void samples(Backend backend, RbmStack stack, Dataset start, int chains, int turns, long seed, Path file) throws IOException {
        RbmParameters top = stack.layers().getLast();
        Optional<RbmStack> below = stack.layers().size() == 1 ? Optional.empty()
                : Optional.of(new RbmStack(stack.image(), stack.input(), stack.layers().subList(0, stack.layers().size() - 1)));
        try (GibbsSampler sampler = new GibbsSampler(backend, top, chains, seed)) {
            if (start != null) {
                Dataset first = start.first(chains);
                sampler.startAt(backend, all(below.map(b -> b.features(backend, first)).orElseGet(() -> stack.visible(first))));
            }
            Tensor visible = sampler.sample(turns);
            Tensor values = below.map(b -> b.down(backend, visible)).orElse(visible);
            ImageFile.writePng(file, RbmPictures.samples(values, stack.image(), stack.input().orElse(null),
                    (int) Math.ceil(Math.sqrt(chains))));
        }
    }

    private static Tensor all(Dataset data) {
        Shape sample = data.sampleShape();
        Tensor all = Tensor.zeros(data.sampleType(), Shape.of(data.size(), sample.dim(0), sample.dim(1), sample.dim(2)));
        for (int i = 0; i < data.size(); i++) {
            data.read(i, all.select(0, i));
        }
        return all;
    }

    /** Histograms of weights and of their last updates. */
    static void histograms(Tensor weight, Tensor update, Path file) throws IOException {
        List<XYChart> charts = List.of(histogram("Weights", weight), histogram("Last update of the weights", update));
        AtomicFiles.write(file, out -> BitmapEncoder.saveBitmap(charts, 2, 1, out, BitmapEncoder.BitmapFormat.PNG));
    }

    private static XYChart histogram(String title, Tensor tensor) {
        double[] values = tensor.toDoubles();
        double low = Arrays.stream(values).min().orElseThrow();
        double width = Math.max((Arrays.stream(values).max().orElseThrow() - low) / BINS, Double.MIN_NORMAL);
        double[] centre = IntStream.range(0, BINS).mapToDouble(bin -> low + (bin + 0.5) * width).toArray();
        double[] count = new double[BINS];
        for (double value : values) {
            count[(int) Math.min(BINS - 1, (value - low) / width)]++;
        }
        XYChart chart = new XYChartBuilder().width(800).height(360).title(title).xAxisTitle("value").yAxisTitle("count").build();
        chart.getStyler().setLegendVisible(false);
        XYSeries series = chart.addSeries("count", centre, count);
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.StepArea);
        series.setMarker(SeriesMarkers.NONE);
        return chart;
    }
}
