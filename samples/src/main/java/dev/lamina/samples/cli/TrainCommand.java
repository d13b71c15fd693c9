package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.graph.Summary;
import dev.lamina.nn.Lint;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.samples.runs.Environment;
import dev.lamina.samples.runs.JudgedBy;
import dev.lamina.samples.runs.RunPageListener;
import dev.lamina.train.CsvListener;
import dev.lamina.train.CurvesListener;
import dev.lamina.train.EpochMetrics;
import dev.lamina.train.JsonSummary;
import dev.lamina.train.Listener;
import dev.lamina.train.ProgressListener;
import dev.lamina.train.RunFolder;
import dev.lamina.train.TensorBoardListener;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainResult;
import dev.lamina.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina train}: trains a model and writes a run folder. */
@Command(name = "train", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Trains a model and writes a run folder. Ctrl-C ends it after a checkpoint; --resume goes on from there.",
        footer = {"", "Examples:", "  lamina train", "  lamina train --data mnist --data-dir ../shared/data --epochs 3 --out runs/mnist",
            "  lamina train --model linear --optimizer sgd --lr 0.1 --schedule cosine",
            "  lamina train --model mlp --hidden 256,128 --activation relu --data mnist --data-dir ../shared/data",
            "  lamina train --model linear --features pca:k=64 --data mnist",
            "  lamina train --model resnet20 --data flowers --image-size 64 --augment crop:4+flip+jitter:0.4,0.4,0.4,0.1",
            "  lamina train --resume runs/mnist --epochs 10"})
final class TrainCommand implements Callable<Integer> {
    private static final List<String> CHANGEABLE =
            List.of("--resume", "--epochs", "--json", "--data-dir", "--download", "--backend", "--threads", "--device", "--workers",
                    "--image-cache");

    @Spec
    private CommandSpec spec;

    @Mixin
    private LearningOptions learning;

    @Mixin
    private BackendOption backendOption;

    @Mixin
    private RecipeOption recipeOption;

    @Mixin
    private KeepOptions keepOptions;

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the training data (5, or those of the run that is resumed)")
    private Integer epochs;

    @Option(names = "--lr", paramLabel = "RATE", description = "learning rate (the optimizer's own default)")
    private Double rate;

    @Option(names = "--schedule", defaultValue = "constant", paramLabel = "TEXT",
            description = "constant, cosine[:LEAST], linear, onecycle, step:N[:FACTOR], multistep:N,N,...[:FACTOR], "
                    + "plateau[:FACTOR[:PATIENCE]], warmup:N[,START]:SCHEDULE; N in epochs, or N%% of the steps")
    private String schedule;

    @Option(names = "--checkpoint-every", defaultValue = "200", paramLabel = "N",
            description = "steps between checkpoints within an epoch; 0 for the ends of epochs only")
    private int checkpointEvery;

    @Option(names = "--early-stop", defaultValue = "0", paramLabel = "N",
            description = "end after N epochs without a lower test loss; 0 for never")
    private int patience;

    @Option(names = "--out", paramLabel = "RUN", description = "run folder (runs/MODEL-DATA, numbered if that exists)")
    private Path out;

    @Option(names = "--resume", paramLabel = "RUN", description = "go on with this run, with its settings")
    private Path resume;

    @Option(names = "--json", paramLabel = "FILE", description = "write the result to this file too")
    private Path json;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        TrainConfig config = resume == null ? settings(text) : resumed();
        Path folder = resume != null ? resume
                : out != null ? out : free(Runs.HOME.resolve(ModelOption.shortName(config.model()) + "-" + shortName(config.data())));
        try (Backend backend = backendOption.open(text)) {
            return train(config, FeaturesOption.apply(config, learning.open(config), folder, backend, text), folder, backend, text);
        }
    }

    private int train(TrainConfig config, Split split, Path folder, Backend backend, PrintWriter text) throws IOException {
        Model network = LearningOptions.model(config, split, folder);
        Optimizer updates = config.makeOptimizer();
        Schedule rates = config.makeSchedule(Math.ceilDiv(split.train().size(), config.batchSize()));
        List<Listener> listeners = List.of(new ProgressListener(System.out), new CsvListener(folder), new TensorBoardListener(folder),
                new JsonSummary(folder), new CurvesListener(folder),
                new RunPageListener(folder, network, Environment.now(backend, Lamina.VERSION, Lamina.arguments(spec))));
        Summary summary = network.summary(config.batchSize());
        text.printf("%s: %,d parameters, %,d MACs a sample; %s, learning rate %s (%s), seed %d, %s%n", config.model(),
                summary.trainableParameters(), summary.macsPerSample(), config.optimizer(), config.rate(), config.schedule(),
                config.seed(), config.precision());
        String tuning = FineTuneOptions.describe(config, network);
        if (!tuning.isEmpty()) {
            text.println(tuning);
        }
        Lint.check(network).forEach(w -> text.println("warning: " + w));
        if (!summary.withoutGradient().isEmpty()) {
            text.println("receives no gradient: " + String.join(", ", summary.withoutGradient()));
        }
        if (choosesEpochs(config) && JudgedBy.of(config) == JudgedBy.TEST) {
            text.println("warning: the best epoch is chosen on the test samples, so that its figure on them is optimistic. "
                    + "Use --val-split 0.1 to choose it on held-out training samples.");
        }
        summary.requireFits(backend.device().freeBytes(), config.optimizer(),
                updates.buffersPerParameter() + config.copiesOfParameters());
        try (Trainer trainer = new Trainer(backend, network, split, config, updates, rates, listeners)) {
            trainer.batchSource(learning.batches(config, split.train()))
                    .classWeights(LearningOptions.classWeights(config, split.train()));
            if (resume == null) {
                ModelOption.keep(config, folder);
                trainer.runFolder(folder).startFrom(learning.start(config, network));
            } else {
                trainer.resume(folder);
            }
            return Interruptible.run(trainer::requestStop, () -> report(trainer.fit(), config, backend, folder, text));
        }
    }

    private TrainConfig settings(PrintWriter text) throws IOException {
        Map<String, String> recipe = recipeOption.apply(spec.commandLine());
        RecipeOption.warnings(recipe).forEach(text::println);
        if (out != null && RunFolder.isRun(out)) {
            throw new IllegalArgumentException("train: " + out + " holds a run already. Use --resume " + out + ", or another --out.");
        }
        TrainConfig.Builder made = learning.settings(recipe);
        Map<String, String> options = new TreeMap<>(made.build().options());
        options.put(JudgedBy.SETTING, DataOption.judge(made.build().data(), options).name());
        TrainConfig given = made.options(options).epochs(epochs == null ? 5 : epochs).schedule(schedule)
                .checkpointEvery(checkpointEvery).earlyStop(patience, 0).averaging(keepOptions.averaging())
                .keeping(keepOptions.keeping()).build();
        return given.toBuilder().rate(rate == null ? given.makeOptimizer().defaultRate() : rate).build();
    }

    /** The settings of the run; of this command's options only the number of epochs counts, and another data folder. */
    private TrainConfig resumed() throws IOException {
        List<String> ignored = spec.commandLine().getParseResult().matchedOptions().stream().map(OptionSpec::longestName)
                .filter(n -> !CHANGEABLE.contains(n)).toList();
        if (!ignored.isEmpty()) {
            throw new IllegalArgumentException("train: --resume takes the settings of the run; " + String.join(", ", ignored)
                    + " cannot be changed. Leave them out, or start another run.");
        }
        TrainConfig saved = RunFolder.config(resume);
        return epochs == null ? saved : saved.toBuilder().epochs(epochs).build();
    }

    private static boolean choosesEpochs(TrainConfig config) {
        return config.keeping().best() || config.patience() > 0;
    }

    /** Which epoch was the best, and by what; empty if there is no choice or nothing to choose from. */
    private static String best(TrainResult result, TrainConfig config) {
        int best = config.keeping().bestEpoch(result.history());
        if (!choosesEpochs(config) || best < 0) {
            return "";
        }
        EpochMetrics epoch = result.history().get(best);
        String by = switch (config.keeping().metric()) {
            case LOSS -> "lowest loss";
            case TOP1 -> "highest accuracy";
        };
        return String.format(Locale.ROOT, "best epoch %d of %d, by the %s on %s: accuracy %.2f %%, loss %.4f%s", epoch.epoch(),
                result.history().size(), by, JudgedBy.of(config).text(), 100 * epoch.testTop1(), epoch.testLoss(),
                config.keeping().restoreBest() ? "; the run ends with its weights" : "");
    }

    /** A data set's name, or the last one of a path. */
    private static String shortName(String name) {
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).replaceFirst("\\.zip$", "");
    }

    private static Path free(Path wanted) {
        Path path = wanted;
        for (int k = 2; Files.exists(path); k++) {
            path = wanted.resolveSibling(wanted.getFileName() + "-" + k);
        }
        return path;
    }

    private int report(TrainResult result, TrainConfig config, Backend backend, Path folder, PrintWriter text) throws IOException {
        if (result.skipped() > 0) {
            text.printf("%d of %d steps were skipped: their gradient was not finite%n", result.skipped(), result.steps());
        }
        if (result.end() == TrainResult.End.STOPPED) {
            text.printf("stopped after %d steps; go on with: lamina train --resume %s%n", result.steps(), folder);
            text.flush();
            return 1;
        }
        EpochMetrics last = result.last();
        String best = best(result, config);
        if (!best.isEmpty()) {
            text.println(best);
        }
        text.printf("test accuracy %.2f %%, test loss %.4f, %.1f s, %.0f samples/s, %.1f %% of it waiting for data; run folder %s%n",
                100 * last.testTop1(), last.testLoss(), result.seconds(), result.samplesPerSecond(), 100 * result.waitingShare(), folder);
        if (json != null) {
            Results.write(json, Results.of(config, backend, last.trainLoss(), last.testLoss(), last.testTop1(), last.testTop5(),
                    last.epoch(), result.seconds(), result.samplesPerSecond()));
        }
        return 0;
    }
}
