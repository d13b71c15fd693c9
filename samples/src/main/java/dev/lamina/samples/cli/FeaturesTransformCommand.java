package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.features.Fitted;
import dev.lamina.features.Samples;
import dev.lamina.io.Safetensors;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina features transform}: the vectors of a data set. */
@Command(name = "transform", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Writes the vectors and labels of a data set: train.features, train.labels, test.features, test.labels.",
        footer = {"", "Example:", "  lamina features transform --features pca.safetensors --data mnist --out x.safetensors"})
final class FeaturesTransformCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--features", required = true, paramLabel = "FILE", description = "a featuriser of `features fit`")
    private Path features;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "safetensors file to write")
    private Path out;

    @Mixin
    private SplitOption samples;

    @Mixin
    private BackendOption backendOption;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        Fitted fitted = Fitted.load(features);
        Split split = samples.open();
        Map<String, Tensor> tensors = new TreeMap<>();
        try (Backend backend = backendOption.open(text)) {
            long start = System.nanoTime();
            add("train", split.train(), fitted, backend, tensors, text);
            add("test", split.test(), fitted, backend, tensors, text);
            Safetensors.write(out, tensors, Map.of("lamina.features", fitted.featurizer().text(), "lamina.data", samples.name()));
            text.printf(Locale.ROOT, "%d + %d vectors of %d numbers, %.1f s; written to %s%n", split.train().size(), split.test().size(),
                    fitted.outputSize(), (System.nanoTime() - start) * 1e-9, out);
            text.flush();
        }
        return 0;
    }

    private static void add(String part, Dataset samples, Fitted fitted, Backend backend, Map<String, Tensor> tensors, PrintWriter text) {
        tensors.put(part + ".features", fitted.transform(backend, Samples.of(samples), FeaturesOption.progress(text)));
        int[] labels = IntStream.range(0, samples.size()).map(samples::label).toArray();
        tensors.put(part + ".labels", Tensor.of(labels, labels.length));
    }
}
