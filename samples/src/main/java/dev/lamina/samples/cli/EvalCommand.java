package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.features.FeatureData;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.nn.Model;
import dev.lamina.train.Evaluation;
import dev.lamina.train.Evaluator;
import dev.lamina.train.RunFolder;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina eval}: measures a run's weights on test samples. */
@Command(name = "eval", mixinStandardHelpOptions = true, description = "Measures a run's weights on test samples.",
        footer = {"", "Examples:", "  lamina eval", "  lamina eval runs/mnist",
            "  lamina eval runs/mnist --backend reference --json result.json"})
final class EvalCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "run folder (the latest under runs/)")
    private Path run;

    @Option(names = "--data", paramLabel = "NAME", description = "another data set with the same classes (the run's own)")
    private String data;

    @Mixin
    private DataOption dataOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = PrecisionOption.NAME, paramLabel = "NAME", converter = PrecisionOption.class,
            description = PrecisionOption.MEANING + "; that of the run unless given")
    private Precision precision;

    @Option(names = "--batch-size", defaultValue = "256", paramLabel = "N", description = "samples at a time (${DEFAULT-VALUE})")
    private int batchSize;

    @Option(names = "--json", paramLabel = "FILE", description = "write the result to this file too")
    private Path json;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        RunFolder folder = RunFolder.open(run != null ? run : Runs.latest());
        String name = data != null ? data : folder.config().data();
        Split split = dataOption.open(name, PredictCommand.imageSettings(folder), folder.config().seed(), 0);
        Model model = ModelOption.create(folder.config(), folder.inputShape(), folder.classNames().size());
        Precision numbers = precision == null ? folder.config().precision() : precision;
        try (Backend backend = backendOption.open(text); Evaluator evaluator = folder.evaluator(backend, model, numbers)) {
            Optional<Fitted> features = FeaturesOption.of(folder);
            Dataset test = features.isEmpty() ? split.test()
                    : FeatureData.of(backend, features.get(), split.test(), FitListener.NONE);
            Evaluation result = evaluator.evaluate(test, batchSize);
            text.printf("%s on %s: %d samples, loss %.4f, top-1 %.2f %%, top-5 %.2f %%, %.1f s, %.0f samples/s%n", model.name(), name,
                    result.samples(), result.loss(), 100 * result.top1(), 100 * result.top5(), result.seconds(), result.samplesPerSecond());
            if (json != null) {
                double trainLoss = folder.history().isEmpty() ? Double.NaN : folder.history().getLast().trainLoss();
                TrainConfig config = folder.config().toBuilder().precision(numbers).build();
                Results.write(json, Results.of(config, backend, trainLoss, result.loss(), result.top1(), result.top5(),
                        folder.history().size(), result.seconds(), result.samplesPerSecond()));
            }
        }
        return 0;
    }
}
