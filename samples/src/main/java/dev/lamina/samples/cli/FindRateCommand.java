package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.Split;
import dev.lamina.nn.Model;
import dev.lamina.train.BatchSource;
import dev.lamina.train.RateFinder;
import dev.lamina.train.RateFinderFiles;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina find-lr}: sweeps the learning rate and suggests one. */
@Command(name = "find-lr", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Trains for some steps with a rate that grows exponentially, draws the loss and suggests a rate. No run is changed.",
        footer = {"", "Examples:", "  lamina find-lr --model lenet --data digits --optimizer momentum",
            "  lamina find-lr --from runs/mnist --data mnist --first-lr 1e-6 --last-lr 1 --out sweep"})
final class FindRateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOption modelOption;

    @Option(names = "--data", defaultValue = "digits", paramLabel = "NAME", description = "a data set; `lamina datasets` lists them")
    private String data;

    @Mixin
    private DataOption dataOption;

    @Mixin
    private BackendOption backendOption;

    @Mixin
    private StepOptions stepOptions;

    @Mixin
    private FineTuneOptions fineTuneOptions;

    @Option(names = "--batch-size", defaultValue = "64", paramLabel = "N", description = "samples in a batch")
    private int batchSize;

    @Option(names = "--optimizer", defaultValue = "adam", paramLabel = "NAME", description = "sgd, momentum, nesterov, adam or adamw")
    private String optimizer;

    @Option(names = "--weight-decay", defaultValue = "0", paramLabel = "L", description = "weight decay")
    private double weightDecay;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of weights, data order and random ops")
    private long seed;

    @Option(names = PrecisionOption.NAME, defaultValue = "tf32", paramLabel = "NAME", converter = PrecisionOption.class,
            description = PrecisionOption.MEANING)
    private Precision precision;

    @Option(names = "--train-limit", defaultValue = "0", paramLabel = "N", description = "use the first N training samples; 0 for all")
    private int trainLimit;

    @Option(names = "--first-lr", defaultValue = "1e-7", paramLabel = "RATE", description = "first rate")
    private double first;

    @Option(names = "--last-lr", defaultValue = "10", paramLabel = "RATE", description = "last rate")
    private double last;

    @Option(names = "--steps", defaultValue = "100", paramLabel = "N", description = "steps from the first to the last rate")
    private int steps;

    @Option(names = "--out", defaultValue = "find-lr", paramLabel = "FILE", description = "writes FILE.png and FILE.csv")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        RateFinder finder = new RateFinder(first, last, steps, RateFinder.DEFAULTS.smoothing(), RateFinder.DEFAULTS.divergence());
        TrainConfig config = TrainConfig.builder(modelOption.name(), data).batchSize(batchSize).seed(seed).optimizer(optimizer)
                .weightDecay(weightDecay).precision(precision).rules(stepOptions.rules()).fineTuning(fineTuneOptions.settings()).build();
        Split split = dataOption.open(data, Map.of(), seed, trainLimit);
        Model model = modelOption.create(split.train().sampleShape(), split.train().classNames().size());
        BatchSource batches = BatchSource.of(new BatchLoader(split.train(), BatchOptions.of(batchSize).shuffled(seed)));
        RateFinder.Result result;
        try (Backend backend = backendOption.open(text)) {
            result = finder.sweep(backend, model, split.train(), config, batches, FineTuneOptions.weights(config));
        }
        Path png = out.resolveSibling(out.getFileName() + ".png");
        Path csv = out.resolveSibling(out.getFileName() + ".csv");
        RateFinderFiles.csv(csv, result);
        RateFinderFiles.png(png, result);
        RateFinder.Point end = result.points().getLast();
        text.printf(Locale.ROOT, "%d of %d steps, rates %.2e to %.2e, loss %.4f to %.4f%s%n", result.points().size(), steps, first,
                end.rate(), result.points().getFirst().loss(), end.loss(), result.diverged() ? ", ended because the loss grew" : "");
        if (Double.isNaN(result.minimum())) {
            text.println("no suggestion: the loss never fell. Try more steps, or other rates with --first-lr and --last-lr.");
        } else {
            text.printf(Locale.ROOT, "suggested: %.2e where the loss falls fastest; %.2e, a tenth of where it is lowest%n",
                    result.steepest(), result.minimum() / 10);
        }
        text.printf("written: %s, %s%n", png, csv);
        return 0;
    }
}
