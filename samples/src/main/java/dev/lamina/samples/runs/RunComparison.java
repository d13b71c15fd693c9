package dev.lamina.samples.runs;

import dev.lamina.samples.page.Html;
import dev.lamina.samples.page.LineChart;
import dev.lamina.samples.page.TextTable;
import dev.lamina.train.EpochMetrics;
import dev.lamina.train.RunInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Runs side by side: the settings in which they differ, their figures, their curves. Immutable and thread-safe. */
public final class RunComparison {
    private static final String NONE = "-";

    private final List<String> names;
    private final List<RunInfo> runs;

    /**
     * A comparison.
     *
     * @throws IllegalArgumentException if there are fewer than two runs
     */
    public RunComparison(List<RunInfo> runs) {
        if (runs.size() < 2) {
            throw new IllegalArgumentException("runs compare: " + runs.size() + " run, needs two at least.");
        }
        this.runs = List.copyOf(runs);
        List<String> folders = runs.stream().map(r -> r.path().toAbsolutePath().normalize().getFileName().toString()).toList();
        this.names = Set.copyOf(folders).size() == runs.size() ? folders : runs.stream().map(r -> r.path().toString()).toList();
    }

    /** Settings in which the runs differ, in their order, with a value a run; {@code -} where a run lacks one. */
    public Map<String, List<String>> differences() {
        List<Map<String, String>> all = runs.stream().map(RunComparison::settings).toList();
        Set<String> keys = new LinkedHashSet<>();
        all.forEach(s -> keys.addAll(s.keySet()));
        Map<String, List<String>> differences = new LinkedHashMap<>();
        for (String key : keys) {
            List<String> values = all.stream().map(s -> s.getOrDefault(key, NONE)).toList();
            if (Set.copyOf(values).size() > 1) {
                differences.put(key, values);
            }
        }
        return differences;
    }

    private static Map<String, String> settings(RunInfo run) {
        Map<String, String> settings = new LinkedHashMap<>(Settings.of(run.config()));
        settings.put("train samples", Integer.toString(run.trainSamples()));
        settings.put("input shape", run.inputShape().toString());
        settings.put("classes", String.join(" ", run.classNames()));
        settings.put("backend", run.backend());
        settings.put("device", run.device());
        return settings;
    }

    /** Figures with a value a run, as they are shown. */
    public Map<String, List<String>> figures() {
        Map<String, List<String>> figures = new LinkedHashMap<>();
        figures.put("state", each(r -> r.finished() ? "finished" : "stopped"));
        figures.put("epochs", each(r -> r.history().size() + "/" + r.config().epochs()));
        figures.put("best top-1", each(r -> RunState.best(r.history()).map(m -> Text.percent(m.testTop1())).orElse(NONE)));
        figures.put("in epoch", each(r -> RunState.best(r.history()).map(m -> Integer.toString(m.epoch())).orElse(NONE)));
        figures.put("last top-1", last(EpochMetrics::testTop1, Text::percent));
        figures.put("last top-5", last(EpochMetrics::testTop5, Text::percent));
        figures.put("last test loss", last(EpochMetrics::testLoss, v -> Text.number(v, 4)));
        figures.put("last train loss", last(EpochMetrics::trainLoss, v -> Text.number(v, 4)));
        figures.put("last train top-1", last(EpochMetrics::trainAccuracy, Text::percent));
        figures.put("seconds", each(r -> Text.number(r.seconds(), 1)));
        figures.put("samples/s, last", last(EpochMetrics::samplesPerSecond, v -> Text.number(v, 0)));
        return figures;
    }

    private List<String> each(Function<RunInfo, String> figure) {
        return runs.stream().map(figure).toList();
    }

    private List<String> last(ToDoubleFunction<EpochMetrics> figure, Function<Double, String> text) {
        return each(r -> r.history().isEmpty() ? NONE : text.apply(figure.applyAsDouble(r.history().getLast())));
    }

    /** Both tables, for a terminal. */
    public String text() {
        Map<String, List<String>> differences = differences();
        String settings = differences.isEmpty() ? "no setting differs\n" : table("setting", "", differences);
        return settings + "\n" + table("figure", ">", figures());
    }

    private String table(String what, String alignment, Map<String, List<String>> rows) {
        List<String> headings = new ArrayList<>(List.of(what));
        names.forEach(n -> headings.add(alignment + n));
        TextTable table = new TextTable(headings.toArray(String[]::new));
        rows.forEach((name, values) -> table.add(cells(name, values).toArray(String[]::new)));
        return table.toString();
    }

    private static List<String> cells(String name, List<String> values) {
        List<String> cells = new ArrayList<>(List.of(name));
        cells.addAll(values);
        return cells;
    }

    /** For programs: the names, what differs, and the figures and history of each run. */
    public Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("runs", names);
        values.put("differences", differences());
        values.put("figures", figures());
        values.put("histories", runs.stream().map(RunInfo::history).toList());
        return values;
    }

    /** A page with both tables and the curves of all runs in common charts. */
    public String html() {
        Html page = new Html("lamina runs: " + String.join(", ", names));
        page.header(true, runs.size() + " runs side by side", String.join(", ", runs.stream().map(r -> r.path().toString()).toList()));
        page.section("Tables");
        add(page, "Figures", ">", figures());
        if (differences().isEmpty()) {
            page.paragraph("No setting differs.");
        } else {
            add(page, "Settings that differ", "", differences());
        }
        page.endSection().section("Curves").cards();
        chart(page, "Test accuracy", "top-1, %", m -> 100 * m.testTop1());
        chart(page, "Test loss", "cross-entropy", EpochMetrics::testLoss);
        chart(page, "Training accuracy", "top-1, %", m -> 100 * m.trainAccuracy());
        chart(page, "Training loss", "with its options", EpochMetrics::trainLoss);
        chart(page, "Learning rate", "of an epoch's last step", EpochMetrics::learningRate);
        chart(page, "Time of an epoch", "s, test included", EpochMetrics::seconds);
        return page.end().endSection().toString();
    }

    private void add(Html page, String caption, String alignment, Map<String, List<String>> rows) {
        List<String> headings = new ArrayList<>(List.of("what"));
        names.forEach(n -> headings.add(alignment + n));
        page.table(caption, headings, rows.entrySet().stream().map(e -> new Html.Row(false, cells(e.getKey(), e.getValue()))).toList());
    }

    private void chart(Html page, String title, String unit, ToDoubleFunction<EpochMetrics> value) {
        LineChart.Curve[] curves = new LineChart.Curve[runs.size()];
        Arrays.setAll(curves, i -> Curves.curve(names.get(i), runs.get(i).history(), value));
        page.card().markup(new LineChart(title, unit, "epoch", List.of(curves)).svg()).end();
    }
}
