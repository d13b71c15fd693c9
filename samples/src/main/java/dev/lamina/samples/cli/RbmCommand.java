package dev.lamina.samples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina rbm}: restricted Boltzmann machines. */
@Command(name = "rbm", mixinStandardHelpOptions = true, description = "Trains, stacks, samples and shows restricted Boltzmann machines.",
        subcommands = {RbmTrainCommand.class, RbmStackCommand.class, RbmSampleCommand.class, RbmShowCommand.class})
final class RbmCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "rbm: which one? Known are train, stack, sample, show.");
    }
}
