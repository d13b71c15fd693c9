package dev.lamina.samples.cli;

import dev.lamina.samples.reproduce.Networks;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina reproduce networks}: figures of trained convolutional networks, expected beside measured. */
@Command(name = "networks", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Trains convolutional networks on real images and prints each figure beside the band it is expected in. "
                + "Exit code 1 if one is missed.",
        footer = {"", "Examples:", "  lamina reproduce networks --data-dir ../shared/data",
            "  lamina reproduce networks --data-dir ../shared/data --only LeNet"})
final class ReproduceNetworksCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ReproduceOptions options;

    @Override
    public Integer call() throws IOException {
        return options.run(Networks.rows(), "networks", spec.commandLine().getOut());
    }
}
