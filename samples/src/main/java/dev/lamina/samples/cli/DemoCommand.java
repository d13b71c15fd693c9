package dev.lamina.samples.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina demo}: small experiments of the course, with pictures. */
@Command(name = "demo", mixinStandardHelpOptions = true, description = "Small experiments with pictures.",
        subcommands = {DemoXorCommand.class, DemoRingsCommand.class, DemoSpiralsCommand.class, DemoVanishingCommand.class,
            DemoDepthCommand.class, DemoReluCommand.class, CommandLine.HelpCommand.class})
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "demo: name one of "
                + String.join(", ", spec.subcommands().keySet()) + ".");
    }
}
