package dev.lamina.samples.runs;

import dev.lamina.io.AtomicFiles;
import dev.lamina.samples.page.Html;
import dev.lamina.samples.page.LineChart;
import dev.lamina.train.EpochMetrics;
import dev.lamina.train.RunFolder;
import dev.lamina.train.RunInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A run as one HTML page in its folder, {@value #FILE}; it needs nothing but the pictures beside it. Stateless. */
public final class RunPage {
    /** Name of the page. */
    public static final String FILE = "index.html";

    private static final Map<String, String> PICTURES = Map.of(
            FirstLayer.FILE, "Filters of the first layer",
            "templates.png", "Class templates");

    private RunPage() { }

    /**
     * Writes the page of a run that no process is at, whole or not at all.
     *
     * @throws dev.lamina.train.TrainingException if there is no run
     */
    public static void write(Path folder) throws IOException {
        RunInfo run = RunFolder.info(folder);
        write(folder, RunState.of(run));
    }

    static void write(Path folder, RunState state) throws IOException {
        AtomicFiles.writeString(folder.resolve(FILE), html(folder, state));
    }

    static String html(Path folder, RunState state) throws IOException {
        Html page = new Html("lamina run: " + folder.toAbsolutePath().normalize().getFileName());
        page.header(state.phase() != RunState.Phase.FAILED, state.verdict(), bestLine(state.history(), JudgedBy.of(state.config())));
        if (!state.history().isEmpty()) {
            page.section("Curves").cards();
            for (LineChart chart : Curves.of(state.history())) {
                page.card().markup(chart.svg()).end();
            }
            page.end().endSection();
        }
        EvaluationSection.add(page, folder);
        pictures(page, folder);
        if (!state.history().isEmpty()) {
            page.section("Epochs");
            metrics(page, state.history());
            page.endSection();
        }
        page.section("Settings and environment").cards().card();
        page.table("Settings", List.of("setting", "value"), rows(Settings.of(state.config())));
        page.end().card();
        environment(page, folder, state);
        return page.end().end().endSection().toString();
    }

    private static String bestLine(List<EpochMetrics> history, JudgedBy judge) {
        return RunState.best(history).map(m -> "Best accuracy " + Text.percent(m.testTop1()) + " in epoch " + m.epoch() + ", chosen on "
                + judge.text() + switch (judge) {
                    case HELD_OUT -> "; `lamina eval` measures test samples, where the data has any.";
                    case TEST -> " themselves, so that the figure is optimistic; --val-split chooses on others.";
                }).orElse("No epoch is complete yet.");
    }

    private static List<Html.Row> rows(Map<String, String> values) {
        return values.entrySet().stream().map(e -> Html.Row.of(e.getKey(), e.getValue())).toList();
    }

    private static void metrics(Html page, List<EpochMetrics> history) {
        List<String> names = List.copyOf(Settings.of(history.getLast()).keySet());
        List<Html.Row> rows = new ArrayList<>();
        for (EpochMetrics m : history) {
            Map<String, Double> numbers = Settings.of(m);
            rows.add(new Html.Row(false, names.stream().map(n -> figure(n, numbers.getOrDefault(n, Double.NaN))).toList()));
        }
        page.table("Metrics by epoch", names.stream().map(n -> ">" + Text.words(n)).toList(), rows);
    }

    private static String figure(String name, double value) {
        return switch (name) {
            case "epoch", "step" -> Text.number(value, 0);
            case "trainAccuracy", "testTop1", "testTop5" -> Text.percent(value);
            case "trainLoss", "testLoss" -> Text.number(value, 4);
            default -> LineChart.number(value);
        };
    }

    private static void pictures(Html page, Path folder) {
        List<String> there = PICTURES.keySet().stream().filter(f -> Files.isRegularFile(folder.resolve(f))).sorted().toList();
        if (!there.isEmpty()) {
            page.section("What it looks for");
            there.forEach(f -> page.picture(f, PICTURES.get(f) + " as images in one scale, which is drawn below them", PICTURES.get(f)));
            page.endSection();
        }
    }

    private static void environment(Html page, Path folder, RunState state) {
        List<Environment> entries;
        try {
            entries = Environment.read(folder);
        } catch (IOException e) {
            page.paragraph("Environment: " + e.getMessage());
            return;
        }
        if (entries.isEmpty()) {
            page.table("Environment", List.of("what", "value"), List.of(Html.Row.of("backend", state.backend()),
                    Html.Row.of("device", state.device())));
            return;
        }
        for (Environment e : entries) {
            page.table("Environment from " + e.started(), List.of("what", "value"), List.of(
                    Html.Row.of("lamina", e.lamina() + ", commit " + e.commit()), Html.Row.of("java", e.java()),
                    Html.Row.of("system", e.system()), Html.Row.of("processors", Integer.toString(e.processors())),
                    Html.Row.of("heap", Text.number(e.heapBytes() / 0x1p30, 1) + " GiB"), Html.Row.of("backend", e.backend()),
                    Html.Row.of("device", e.device()), Html.Row.of("libraries", String.join("; ", e.libraries())),
                    Html.Row.of("command", "lamina " + String.join(" ", e.command()))));
        }
    }
}
