package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.Dataset;
import dev.lamina.data.Datasets;
import dev.lamina.data.TenCrops;
import dev.lamina.features.FeatureData;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.nn.Model;
import dev.lamina.samples.runs.EvaluationFiles;
import dev.lamina.samples.runs.RunPage;
import dev.lamina.train.ClassificationReport;
import dev.lamina.train.Evaluator;
import dev.lamina.train.Prediction;
import dev.lamina.train.RunFolder;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina eval}: measures a run's weights on test samples. */
@Command(name = "eval", mixinStandardHelpOptions = true,
        description = "Measures a run's weights, or those of an ONNX file, on test samples: loss, accuracy, confusion matrix, "
                + "figures of each class, worst mistakes. Writes report.json, classes.csv, confusion.csv and .png, confused.csv, "
                + "predictions.csv, mistakes.png, and the page.",
        footer = {"", "A figure whose denominator is 0, such as the precision of a class that is never predicted, is 0.", "", "Examples:",
            "  lamina eval", "  lamina eval runs/mnist",
            "  lamina eval squeezenet.onnx --data photos --pixels imagenet",
            "  lamina eval runs/mnist --backend reference --json result.json"})
final class EvalCommand implements Callable<Integer> {
    private static final int MOST_PRINTED = 20;
    private static final int PAIRS_PRINTED = 3;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "run folder, or an ONNX file (the latest run under runs/)")
    private Path run;

    @Option(names = "--data", paramLabel = "NAME", description = "another data set with the same classes (the run's own)")
    private String data;

    @Mixin
    private DataOption dataOption;

    @Mixin
    private PixelsOption pixelsOption;

    @Mixin
    private ClassNamesOption namesOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = PrecisionOption.NAME, paramLabel = "NAME", converter = PrecisionOption.class,
            description = PrecisionOption.MEANING + "; that of the run unless given")
    private Precision precision;

    @Option(names = "--batch-size", defaultValue = "256", paramLabel = "N", description = "samples at a time (${DEFAULT-VALUE})")
    private int batchSize;

    @Option(names = "--ten-crop", paramLabel = "SIZE",
            description = "bring samples to SIZE x SIZE (shorter side, then centre) and average the softmax of ten views of the model's "
                    + "input size: corners and centre, each also mirrored; samples must be larger than the input")
    private Integer tenCrop;

    @Option(names = "--out", paramLabel = "DIR", description = "folder of the files (RUN/eval)")
    private Path out;

    @Option(names = "--json", paramLabel = "FILE", description = "write the result to this file too")
    private Path json;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        RunFolder folder = pixelsOption.open(run != null ? run : Runs.latest());
        String name = data != null ? data : folder.config().data();
        if (name.equals(PixelsOption.NO_DATA)) {
            throw new IllegalArgumentException("eval: " + run + " is an ONNX file, which names no data. Give --data.");
        }
        Dataset samples = dataOption.open(name, settings(folder, name), folder.config().seed(), 0).test();
        boolean nameless = PixelsOption.isNameless(folder);
        if (!nameless || samples.classNames().size() != folder.classNames().size()) {
            requireClasses(samples, folder);
        }
        List<String> names = namesOption.of(nameless ? samples.classNames() : folder.classNames());
        Model model = ModelOption.of(folder);
        Precision numbers = precision == null ? folder.config().precision() : precision;
        try (Backend backend = backendOption.open(text); Evaluator evaluator = folder.evaluator(backend, model, numbers)) {
            Dataset seen = seen(samples, FeaturesOption.of(folder), model, backend);
            int views = tenCrop == null ? 1 : TenCrops.VIEWS;
            long start = System.nanoTime();
            List<Prediction> predictions = evaluator.predictions(seen, views, batchSize);
            double seconds = (System.nanoTime() - start) * 1e-9;
            ClassificationReport report = ClassificationReport.of(names, predictions);
            Path target = out != null ? out : home(folder).resolve(EvaluationFiles.FOLDER);
            EvaluationFiles files = new EvaluationFiles(facts(folder, name, backend, numbers, views, seconds), report, predictions);
            files.write(target, samples);
            if (out == null && RunFolder.isRun(folder.path())) {
                RunPage.write(folder.path());
            }
            print(text, model.name() + " on " + name, files, seconds, target);
            if (json != null) {
                double trainLoss = folder.history().isEmpty() ? Double.NaN : folder.history().getLast().trainLoss();
                TrainConfig config = folder.config().toBuilder().precision(numbers).build();
                Results.write(json, Results.of(config, backend, trainLoss, report.loss(), report.top1(), report.top5(),
                        folder.history().size(), seconds, report.samples() / seconds));
            }
        }
        return 0;
    }

    /** Where the files of a model go: its run folder, or for a file a folder of its name among the runs. */
    private static Path home(RunFolder folder) {
        return folder.config().data().equals(PixelsOption.NO_DATA) ? Runs.HOME.resolve(ModelOption.shortName(folder.config().model()))
                : folder.path();
    }

    /** Ten crops take larger images than the model: files are brought to that size, other samples come as they are. */
    private Map<String, String> settings(RunFolder folder, String name) {
        if (tenCrop == null) {
            return ImageOption.ofRun(folder, name);
        }
        Map<String, String> settings = new TreeMap<>(folder.config().options());
        if (Datasets.isFiles(name)) {
            settings.remove(ImageOption.RESIZE);
            settings.put(ImageOption.SIZE, tenCrop + "x" + tenCrop);
        }
        return settings;
    }

    private static void requireClasses(Dataset samples, RunFolder folder) {
        List<String> own = folder.classNames();
        List<String> other = samples.classNames();
        if (own.equals(other)) {
            return;
        }
        String fact = "has " + other.size() + " classes, the run " + own.size();
        for (int k = 0; k < own.size() && own.size() == other.size(); k++) {
            if (!own.get(k).equals(other.get(k))) {
                fact = "has class " + k + " \"" + other.get(k) + "\", the run \"" + own.get(k) + "\"";
                break;
            }
        }
        throw new IllegalArgumentException("eval: data \"" + samples.name() + "\" " + fact + " (must be the same classes). Name data of "
                + "the run's classes" + (folder.config().data().equals(PixelsOption.NO_DATA) ? "."
                : "; it was trained on \"" + folder.config().data() + "\"."));
    }

    private Dataset seen(Dataset samples, Optional<Fitted> features, Model model, Backend backend) {
        if (tenCrop == null) {
            return features.isEmpty() ? samples : FeatureData.of(backend, features.get(), samples, FitListener.NONE);
        }
        if (features.isPresent()) {
            throw new IllegalArgumentException("eval: --ten-crop " + tenCrop + ", the run was trained on features, which take whole "
                    + "samples. Evaluate without ten crops.");
        }
        if (tenCrop < 1) {
            throw new IllegalArgumentException("eval: --ten-crop " + tenCrop + ", needs >= 1.");
        }
        return new TenCrops(samples, tenCrop, model.inputShape().dim(1), model.inputShape().dim(2));
    }

    private Map<String, Object> facts(RunFolder folder, String name, Backend backend, Precision numbers, int views, double seconds) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("model", folder.config().model());
        facts.put("data", name);
        facts.put("epochs", folder.history().size());
        facts.put("steps", folder.steps());
        facts.put("backend", backend.name());
        facts.put("device", backend.device().name());
        facts.put("precision", numbers.label());
        facts.put("views", views);
        if (tenCrop != null) {
            facts.put("side", tenCrop);
        }
        facts.put("seconds", seconds);
        return facts;
    }

    private static void print(PrintWriter text, String what, EvaluationFiles files, double seconds, Path target) {
        ClassificationReport report = files.report();
        text.printf("%s: %d samples, loss %.4f, top-1 %.2f %%, top-5 %.2f %%, %.1f s, %.0f samples/s%n", what, report.samples(),
                report.loss(), 100 * report.top1(), 100 * report.top5(), seconds, report.samples() / seconds);
        if (report.classNames().size() <= MOST_PRINTED) {
            text.print(files.table());
        }
        text.printf("expected calibration error %.4f%n", report.calibrationError());
        String confused = files.confusedLine(PAIRS_PRINTED);
        if (!confused.isEmpty()) {
            text.println("most confused: " + confused);
        }
        text.println("written to " + target);
        text.flush();
    }
}
