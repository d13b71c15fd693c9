package dev.lamina.samples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina bench}: benchmarks by kind of machine. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measures how fast this machine trains and infers.",
        subcommands = {BenchCpuCommand.class, BenchGpuCommand.class, BenchMemoryCommand.class, BenchDataCommand.class,
            BenchFeaturesCommand.class})
final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "bench: which one? Known are cpu, gpu, memory, data, features.");
    }
}
