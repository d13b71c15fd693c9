package dev.lamina.samples.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina reproduce}: published and promised figures, measured again. */
@Command(name = "reproduce", mixinStandardHelpOptions = true, description = "Measures promised figures again.",
        subcommands = {ReproduceCourseCommand.class, ReproduceNetworksCommand.class, CommandLine.HelpCommand.class})
final class ReproduceCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "reproduce: name what, course or networks.");
    }
}
