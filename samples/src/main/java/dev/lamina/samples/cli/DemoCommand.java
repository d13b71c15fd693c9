package dev.lamina.samples.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina demo}: small demonstrations with pictures. */
@Command(name = "demo", mixinStandardHelpOptions = true, description = "Shows one idea each, in numbers and a picture.",
        subcommands = {ReluDemoCommand.class})
final class DemoCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "demo: which one? Known are "
                + String.join(", ", spec.subcommands().keySet()) + ".");
    }
}
