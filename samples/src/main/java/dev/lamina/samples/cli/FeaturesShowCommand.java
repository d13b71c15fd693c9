package dev.lamina.samples.cli;

import dev.lamina.features.FeaturePictures;
import dev.lamina.features.Fitted;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina features show}: what a featuriser looks for, as pictures. */
@Command(name = "show", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Writes PNG files: components and mean, filters, words, the curve of explained variance.",
        footer = {"", "Example:", "  lamina features show --features pca.safetensors --out pictures"})
final class FeaturesShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--features", required = true, paramLabel = "FILE", description = "a featuriser of `features fit`")
    private Path features;

    @Option(names = "--out", defaultValue = "features", paramLabel = "DIR", description = "folder of the pictures")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        Fitted fitted = Fitted.load(features);
        text.printf("%s: %s to %d numbers%n", fitted.featurizer().text(), fitted.sampleShape(), fitted.outputSize());
        List<Path> files = FeaturePictures.write(fitted, out);
        if (files.isEmpty()) {
            text.println("there is nothing to draw of it.");
        }
        files.forEach(text::println);
        text.flush();
        return 0;
    }
}
