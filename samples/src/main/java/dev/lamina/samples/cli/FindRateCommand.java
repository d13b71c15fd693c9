package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.nn.Model;
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
            "  lamina find-lr --model resnet20 --data cifar10-part --optimizer nesterov --augment crop:4+flip+mixup:0.2",
            "  lamina find-lr --from runs/mnist --data mnist --first-lr 1e-6 --last-lr 1 --out sweep"})
final class FindRateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LearningOptions learning;

    @Mixin
    private BackendOption backendOption;

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
        TrainConfig config = learning.settings(Map.of()).build();
        RateFinder.Result result;
        try (Backend backend = backendOption.open(text)) {
            Split split = FeaturesOption.apply(config, learning.open(config), null, backend, text);
            Model model = LearningOptions.model(config, split, null);
            result = finder.sweep(backend, model, split.train(), config, learning.batches(config, split.train()),
                    LearningOptions.classWeights(config, split.train()), learning.start(config, model));
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
