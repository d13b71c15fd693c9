package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.features.Chain;
import dev.lamina.features.Featurizer;
import dev.lamina.features.Fitted;
import dev.lamina.features.Samples;
import dev.lamina.features.linear.FittedPca;
import dev.lamina.features.words.FittedWords;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina features fit}: learns a featuriser from training samples. */
@Command(name = "fit", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Learns a featuriser from training samples and writes it to a file.",
        footer = {"", "Examples:", "  lamina features fit --kind pca --k 64 --data mnist --out pca.safetensors",
            "  lamina features fit --kind spm:words=200,levels=2,norm=signed_root --data cifar10-part --out spm.safetensors",
            "  lamina features fit --kind cnn:run=runs/lenet-mnist --data mnist --out cnn.safetensors"})
final class FeaturesFitCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--kind", required = true, paramLabel = "KIND", description = FeaturesOption.MEANING)
    private String kind;

    @Option(names = "--k", paramLabel = "N", description = "pca: components (the option k=N of the kind)")
    private Integer k;

    @Option(names = "--words", paramLabel = "N", description = "bow, spm: words (the option words=N of the kind)")
    private Integer words;

    @Option(names = "--option", paramLabel = "NAME=VALUE", description = "a further option of the kind; may be given several times")
    private Map<String, String> options = Map.of();

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "safetensors file to write")
    private Path out;

    @Mixin
    private SplitOption samples;

    @Mixin
    private BackendOption backendOption;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        Featurizer featurizer = FeaturesOption.parse(withOptions());
        Split split = samples.open();
        try (Backend backend = backendOption.open(text)) {
            long start = System.nanoTime();
            Fitted fitted = featurizer.fit(backend, Samples.of(split.train()), FeaturesOption.progress(text));
            fitted.save(out);
            text.printf(Locale.ROOT, "%s on %d samples of %s: %d numbers from %s, %.1f s; written to %s%n", featurizer.text(),
                    split.train().size(), samples.name(), fitted.outputSize(), fitted.sampleShape(), (System.nanoTime() - start) * 1e-9,
                    out);
            List<Fitted> parts = fitted instanceof Chain.FittedChain chain ? chain.parts() : List.of(fitted);
            parts.forEach(part -> describe(part, text));
            text.flush();
        }
        return 0;
    }

    private String withOptions() {
        StringBuilder all = new StringBuilder(kind);
        append(all, "k", k);
        append(all, "words", words);
        options.forEach((name, value) -> append(all, name, value));
        return all.toString();
    }

    private static void append(StringBuilder all, String name, Object value) {
        if (value != null) {
            int last = all.lastIndexOf("+");
            all.append(all.indexOf(":", Math.max(0, last)) < 0 ? ":" : ",").append(name).append('=').append(value);
        }
    }

    private static void describe(Fitted fitted, PrintWriter text) {
        switch (fitted) {
            case FittedPca pca -> text.printf(Locale.ROOT, "explained variance %.2f %% of %.4f%n",
                    100 * Arrays.stream(pca.explainedVarianceRatio()).sum(), pca.totalVariance().item());
            case FittedWords words -> text.printf(Locale.ROOT, "codebook: %d iterations, sum of squared distances %s%n",
                    words.codebook().inertia().size(), words.codebook().inertia().isEmpty() ? "not measured"
                            : String.format(Locale.ROOT, "%.4g to %.4g", words.codebook().inertia().getFirst(),
                                    words.codebook().inertia().getLast()));
            default -> { }
        }
    }
}
