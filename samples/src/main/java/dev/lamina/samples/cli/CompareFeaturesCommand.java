package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.samples.compare.Comparison;
import dev.lamina.samples.compare.Method;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina compare-features}: hand-made and learnt features under equal budgets. */
@Command(name = "compare-features", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Trains the linear model on each featuriser, a two-layer network and a CNN for equally many epochs by fixed recipes, "
                + "and shows accuracy, time, parameters and pictures side by side.",
        footer = {"", "Examples:", "  lamina compare-features",
            "  lamina compare-features --data mnist --data-dir ../shared/data --json mnist.json --html mnist.html",
            "  lamina compare-features --data cifar10-part --epochs 60 --only 'raw|words|pyramid|cnn'"})
final class CompareFeaturesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SamplesOption samplesOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = "--epochs", defaultValue = "20", paramLabel = "N", description = "passes over the training vectors, for each method")
    private int epochs;

    @Option(names = "--only", defaultValue = "", paramLabel = "REGEX",
            description = "methods in whose name this is found: raw, raw+xy, standardise, pca 64, lda, filter bank, bag of words, spatial "
                    + "pyramid, mlp, cnn")
    private Pattern only;

    @Option(names = "--holdout", defaultValue = "0", paramLabel = "N",
            description = "judge by the last N training samples, which are not trained on, in place of the test data: to choose recipes by")
    private int holdout;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of generated data, codebooks, weights and order")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "write the results for programs")
    private Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "write one page with table, bars and pictures")
    private Path html;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        List<Method> methods = Method.matching(only, seed);
        Split split = split(samplesOption.open(seed));
        String judge = holdout > 0 ? "held-out training samples" : "test samples";
        try (Backend backend = backendOption.open(text)) {
            new Comparison(backend, split, new Comparison.Plan(samplesOption.name(), judge, methods, epochs, seed, json, html), text).run();
        }
        for (Path file : new Path[] {json, html}) {
            if (file != null) {
                text.println("written to " + file);
            }
        }
        text.flush();
        return 0;
    }

    private Split split(Split whole) {
        Dataset train = whole.train();
        if (holdout == 0) {
            return whole;
        }
        if (holdout < 0 || holdout >= train.size()) {
            throw new IllegalArgumentException("compare-features: holdout = " + holdout + ", needs 0 to " + (train.size() - 1)
                    + ", there are " + train.size() + " training samples.");
        }
        int kept = train.size() - holdout;
        return new Split(train.first(kept), train.subset(IntStream.range(kept, train.size()).toArray()));
    }
}
