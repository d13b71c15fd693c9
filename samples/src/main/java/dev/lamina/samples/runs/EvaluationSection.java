package dev.lamina.samples.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.samples.page.Html;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code eval} left in a run folder, as a section of the run's page. Stateless. */
final class EvaluationSection {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_CLASSES = 100;

    private EvaluationSection() { }

    /** Adds the section if there is an evaluation; one that cannot be understood is said to be so. */
    static void add(Html page, Path run) {
        Path folder = run.resolve(EvaluationFiles.FOLDER);
        Path file = folder.resolve(EvaluationFiles.REPORT);
        if (!Files.isRegularFile(file)) {
            return;
        }
        page.section("Evaluation");
        try {
            JsonNode report = JSON.readTree(file.toFile());
            if (!report.path("classes").isArray() || !report.path("top1").isNumber()) {
                throw new IOException("it lacks classes or top1");
            }
            figures(page, report);
            pictures(page, folder);
            page.cards();
            classes(page, report.get("classes"));
            pairs(page, report.path("most_confused"));
            mistakes(page, report.path("worst_mistakes"));
            page.end();
        } catch (IOException e) {
            page.paragraph(EvaluationFiles.FOLDER + "/" + EvaluationFiles.REPORT + " is damaged: "
                    + e.getMessage().lines().findFirst().orElse("") + ". Evaluate again.");
        }
        page.endSection();
    }

    private static void figures(Html page, JsonNode report) {
        int steps = report.path("steps").asInt();
        page.paragraph(String.join(", ", report.path("samples").asLong() + " samples of " + report.path("data").asText(), "weights after "
                + steps + " steps", report.path("backend").asText() + " in " + report.path("precision").asText(),
                report.path("views").asInt(1) == 1 ? "one view a sample" : "mean softmax of " + report.path("views").asInt() + " views"));
        page.table("Figures", List.of(">loss", ">top-1", ">top-5", ">calibration error", ">macro F1", ">weighted F1"),
                List.of(Html.Row.of(Text.number(report.path("loss").asDouble(), 4), Text.percent(report.path("top1").asDouble()),
                        Text.percent(report.path("top5").asDouble()), Text.number(report.path("calibration_error").asDouble(), 4),
                        Text.number(report.at("/macro/f1").asDouble(), 4), Text.number(report.at("/weighted/f1").asDouble(), 4))));
    }

    private static void pictures(Html page, Path folder) {
        page.cards();
        if (Files.isRegularFile(folder.resolve(EvaluationFiles.CONFUSION_PNG))) {
            page.picture(EvaluationFiles.FOLDER + "/" + EvaluationFiles.CONFUSION_PNG,
                    "Confusion matrix; its numbers are in " + EvaluationFiles.CONFUSION_CSV, "Confusion matrix");
        }
        if (Files.isRegularFile(folder.resolve(EvaluationFiles.MISTAKES))) {
            page.picture(EvaluationFiles.FOLDER + "/" + EvaluationFiles.MISTAKES, "Worst mistakes; a table of them stands below",
                    "Worst mistakes");
        }
        page.end();
    }

    private static void classes(Html page, JsonNode classes) {
        if (classes.size() > MOST_CLASSES) {
            page.note("The figures of " + classes.size() + " classes are in " + EvaluationFiles.FOLDER + "/" + EvaluationFiles.CLASSES
                    + ".");
            return;
        }
        List<Html.Row> rows = new ArrayList<>();
        for (JsonNode c : classes) {
            rows.add(Html.Row.of(c.path("name").asText(), Text.number(c.path("precision").asDouble(), 4),
                    Text.number(c.path("recall").asDouble(), 4), Text.number(c.path("f1").asDouble(), 4), c.path("support").asText()));
        }
        page.card().table("Classes", List.of("class", ">precision", ">recall", ">F1", ">support"), rows).end();
    }

    private static void pairs(Html page, JsonNode pairs) {
        List<Html.Row> rows = new ArrayList<>();
        for (JsonNode p : pairs) {
            rows.add(Html.Row.of(p.path("true").asText(), p.path("predicted").asText(), p.path("count").asText(),
                    Text.percent(p.path("share_of_true").asDouble())));
        }
        page.card().table("Most confused", List.of("true", "predicted", ">samples", ">of the class"), rows).end();
    }

    private static void mistakes(Html page, JsonNode mistakes) {
        List<Html.Row> rows = new ArrayList<>();
        for (JsonNode m : mistakes) {
            rows.add(Html.Row.of(m.path("index").asText(), m.path("true").asText(), m.path("predicted").asText(),
                    Text.percent(m.path("probability").asDouble()), Text.percent(m.path("probability_of_true").asDouble())));
        }
        page.card().table("Worst mistakes", List.of(">sample", "true", "predicted", ">probability", ">of the true class"), rows).end();
    }
}
