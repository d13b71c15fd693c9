package dev.lamina.samples.runs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.data.Dataset;
import dev.lamina.inspect.ConfusionPicture;
import dev.lamina.inspect.Figure;
import dev.lamina.io.AtomicFiles;
import dev.lamina.io.ImageFile;
import dev.lamina.samples.page.TextTable;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.ClassificationReport;
import dev.lamina.train.ClassificationReport.Scores;
import dev.lamina.train.Confusion;
import dev.lamina.train.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An evaluation as files of a folder: {@value #REPORT}, {@value #CLASSES}, {@value #CONFUSION_CSV}, {@value #CONFUSED},
 * {@value #PREDICTIONS}, {@value #CONFUSION_PNG} and {@value #MISTAKES}. Immutable and thread-safe.
 *
 * @param facts what was evaluated on what, by name; comes first in {@value #REPORT}
 * @param report the figures
 * @param predictions one a sample
 */
public record EvaluationFiles(Map<String, Object> facts, ClassificationReport report, List<Prediction> predictions) {
    /** Folder in a run folder. */
    public static final String FOLDER = "eval";
    /** All figures. */
    public static final String REPORT = "report.json";
    static final String CLASSES = "classes.csv";
    static final String CONFUSION_CSV = "confusion.csv";
    static final String CONFUSION_PNG = "confusion.png";
    static final String CONFUSED = "confused.csv";
    static final String PREDICTIONS = "predictions.csv";
    static final String MISTAKES = "mistakes.png";

    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int MOST_PAIRS = 20;
    private static final int MOST_MISTAKES = 24;
    private static final int COLUMNS = 6;
    private static final int PANEL = 140;
    private static final int LONGEST_NAME = 11;

    /** Copies the collections. */
    public EvaluationFiles {
        facts = new LinkedHashMap<>(facts);
        predictions = List.copyOf(predictions);
    }

    /**
     * Writes all files; a picture that there is nothing for is deleted.
     *
     * @param samples of which the predictions are, for the pictures of mistakes
     */
    public void write(Path folder, Dataset samples) throws IOException {
        Files.createDirectories(folder);
        AtomicFiles.writeString(folder.resolve(CLASSES), classes());
        AtomicFiles.writeString(folder.resolve(CONFUSION_CSV), confusion());
        AtomicFiles.writeString(folder.resolve(CONFUSED), confused());
        AtomicFiles.writeString(folder.resolve(PREDICTIONS), everyPrediction());
        if (report.classNames().size() <= ConfusionPicture.MOST_CLASSES) {
            ImageFile.writePng(folder.resolve(CONFUSION_PNG), ConfusionPicture.of(report.confusion().counts(), report.classNames()));
        } else {
            Files.deleteIfExists(folder.resolve(CONFUSION_PNG));
        }
        List<Prediction> worst = ClassificationReport.worstMistakes(predictions, MOST_MISTAKES);
        if (worst.isEmpty() || samples.sampleShape().dim(0) != 1 && samples.sampleShape().dim(0) != 3) {
            Files.deleteIfExists(folder.resolve(MISTAKES));
        } else {
            ImageFile.writePng(folder.resolve(MISTAKES), mistakes(worst, samples));
        }
        AtomicFiles.writeString(folder.resolve(REPORT), JSON.writeValueAsString(summary(worst)) + "\n");
    }

    /** Precision, recall, F1 and support of each class, for a terminal. */
    public String table() {
        TextTable table = new TextTable("class", ">precision", ">recall", ">F1", ">support");
        for (int k = 0; k < report.classNames().size(); k++) {
            add(table, report.classNames().get(k), report.scores().get(k));
        }
        add(table, "macro mean", report.macro());
        add(table, "weighted mean", report.weighted());
        return table.toString();
    }

    private static void add(TextTable table, String name, Scores s) {
        table.add(name, Text.number(s.precision(), 4), Text.number(s.recall(), 4), Text.number(s.f1(), 4), Long.toString(s.support()));
    }

    /** The pairs that are confused most, as one line; empty if no sample is wrong. */
    public String confusedLine(int most) {
        return String.join(", ", report.confusion().mostConfused(most).stream().map(p -> name(p.label()) + " as " + name(p.predicted())
                + " " + p.count() + " times").toList());
    }

    private String name(int label) {
        return report.classNames().get(label);
    }

    private String classes() {
        StringBuilder text = new StringBuilder("class,precision,recall,f1,support,predicted\n");
        for (int k = 0; k < report.classNames().size(); k++) {
            Scores s = report.scores().get(k);
            text.append(Text.csvRow(List.of(name(k), s.precision(), s.recall(), s.f1(), s.support(), report.confusion().predicted(k))));
        }
        return text.toString();
    }

    private String confusion() {
        List<Object> heading = new ArrayList<>(List.of("true \\ predicted"));
        heading.addAll(report.classNames());
        StringBuilder text = new StringBuilder(Text.csvRow(heading));
        long[][] counts = report.confusion().counts();
        for (int t = 0; t < counts.length; t++) {
            List<Object> row = new ArrayList<>(List.of(name(t)));
            row.addAll(Arrays.stream(counts[t]).boxed().toList());
            text.append(Text.csvRow(row));
        }
        return text.toString();
    }

    private String confused() {
        StringBuilder text = new StringBuilder("true,predicted,count,share_of_true\n");
        for (Confusion.Pair p : report.confusion().mostConfused(Integer.MAX_VALUE)) {
            text.append(Text.csvRow(List.of(name(p.label()), name(p.predicted()), p.count(), p.share())));
        }
        return text.toString();
    }

    private String everyPrediction() {
        StringBuilder text = new StringBuilder("index,true,predicted,probability,probability_of_true\n");
        for (Prediction p : predictions) {
            text.append(Text.csvRow(List.of(p.index(), name(p.label()), name(p.predicted()), p.probability(), p.labelProbability())));
        }
        return text.toString();
    }

    private Tensor mistakes(List<Prediction> worst, Dataset samples) {
        Shape shape = samples.sampleShape();
        int zoom = Math.toIntExact(Math.ceilDiv(PANEL, shape.dim(2)));
        List<Figure.Panel> panels = new ArrayList<>();
        for (Prediction p : worst) {
            Tensor image = Tensor.zeros(DType.UINT8, shape);
            samples.read(p.index(), image);
            panels.add(new Figure.Panel(String.format(Locale.ROOT, "%d: %s%nas %s, %.1f %%", p.index(), shortened(p.label()),
                    shortened(p.predicted()), 100 * p.probability()), image, zoom));
        }
        return Figure.of("Worst mistakes: index and true class; the class predicted and its probability", COLUMNS, panels);
    }

    private String shortened(int label) {
        String name = name(label);
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }

    private Map<String, Object> summary(List<Prediction> worst) {
        Map<String, Object> summary = new LinkedHashMap<>(facts);
        summary.put("samples", report.samples());
        summary.put("loss", report.loss());
        summary.put("top1", report.top1());
        summary.put("top5", report.top5());
        summary.put("calibration_error", report.calibrationError());
        summary.put("macro", report.macro());
        summary.put("weighted", report.weighted());
        List<Map<String, Object>> classes = new ArrayList<>();
        for (int k = 0; k < report.classNames().size(); k++) {
            Scores s = report.scores().get(k);
            classes.add(ordered("name", name(k), "precision", s.precision(), "recall", s.recall(), "f1", s.f1(), "support", s.support()));
        }
        summary.put("classes", classes);
        summary.put("most_confused", report.confusion().mostConfused(MOST_PAIRS).stream().map(p -> ordered("true", name(p.label()),
                "predicted", name(p.predicted()), "count", p.count(), "share_of_true", p.share())).toList());
        summary.put("worst_mistakes", worst.stream().map(p -> ordered("index", p.index(), "true", name(p.label()), "predicted",
                name(p.predicted()), "probability", p.probability(), "probability_of_true", p.labelProbability())).toList());
        return summary;
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
