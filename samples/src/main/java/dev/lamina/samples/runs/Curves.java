package dev.lamina.samples.runs;

import dev.lamina.samples.page.LineChart;
import dev.lamina.samples.page.LineChart.Curve;
import dev.lamina.samples.page.LineChart.Point;
import dev.lamina.train.EpochMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Learning curves as charts. Stateless. */
final class Curves {
    private static final String EPOCH = "epoch";
    private static final Set<String> SHOWN_TOGETHER = Set.of("epoch", "step", "trainLoss", "testLoss", "trainAccuracy", "testTop1",
            "testTop5");
    private static final Map<String, String> TITLES = Map.of("seconds", "Time of an epoch", "samplesPerSecond", "Training samples");
    private static final Map<String, String> UNITS = Map.of("seconds", "s, test included", "samplesPerSecond", "a second");

    private Curves() { }

    static Curve curve(String name, List<EpochMetrics> history, ToDoubleFunction<EpochMetrics> value) {
        return new Curve(name, history.stream().map(m -> new Point(m.epoch(), value.applyAsDouble(m))).toList());
    }

    /** Loss, accuracy, and a chart for each other number of an epoch. */
    static List<LineChart> of(List<EpochMetrics> history) {
        List<LineChart> charts = new ArrayList<>();
        charts.add(new LineChart("Loss", "cross-entropy", EPOCH, List.of(curve("training", history, EpochMetrics::trainLoss),
                curve("test", history, EpochMetrics::testLoss))));
        List<Curve> accuracy = new ArrayList<>(List.of(curve("training", history, m -> 100 * m.trainAccuracy()),
                curve("test, top-1", history, m -> 100 * m.testTop1())));
        if (history.stream().anyMatch(m -> m.testTop5() < 1)) {
            accuracy.add(curve("test, top-5", history, m -> 100 * m.testTop5()));
        }
        charts.add(new LineChart("Accuracy", "%", EPOCH, accuracy));
        for (String name : Settings.of(history.getLast()).keySet()) {
            if (!SHOWN_TOGETHER.contains(name)) {
                String title = TITLES.getOrDefault(name, sentence(Text.words(name)));
                charts.add(new LineChart(title, UNITS.getOrDefault(name, ""), EPOCH, List.of(curve(Text.words(name), history,
                        m -> Settings.of(m).getOrDefault(name, Double.NaN)))));
            }
        }
        return charts;
    }

    private static String sentence(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
