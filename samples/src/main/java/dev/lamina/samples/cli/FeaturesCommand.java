package dev.lamina.samples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina features}: hand-made features of images. */
@Command(name = "features", mixinStandardHelpOptions = true, description = "Fits, applies and shows featurisers of images.",
        subcommands = {FeaturesFitCommand.class, FeaturesTransformCommand.class, FeaturesShowCommand.class, CommandLine.HelpCommand.class},
        footer = {"", "Examples:", "  lamina features fit --kind pca --k 64 --data mnist --out pca.safetensors",
            "  lamina features show --features pca.safetensors --out pictures",
            "  lamina train --model linear --features pca.safetensors --data mnist"})
final class FeaturesCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "features: which one? Known are fit, transform, show.");
    }
}
