package dev.lamina.samples.cli;

import dev.lamina.backend.BackendException;
import dev.lamina.train.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The {@code lamina} command. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(name = "lamina", version = "lamina " + Lamina.VERSION, mixinStandardHelpOptions = true,
        description = "Trains and runs neural networks on NVIDIA GPUs, CPUs and in plain Java.",
        subcommands = {TrainCommand.class, EvalCommand.class, PredictCommand.class, RunsCommand.class, SummaryCommand.class,
            ModelsCommand.class,
            CheckCommand.class, DoctorCommand.class, DatasetsCommand.class, FeaturesCommand.class, CompareFeaturesCommand.class,
            BenchCommand.class, RbmCommand.class, DemoCommand.class, ShowCommand.class, ReproduceCommand.class, FindRateCommand.class,
            RecipesCommand.class, ExportCommand.class, InspectCommand.class,
            CommandLine.HelpCommand.class},
        footer = {"", "Examples:", "  lamina train                                    lenet on the embedded digits",
            "  lamina train --data mnist --data-dir ../shared/data --epochs 3 --out runs/mnist",
            "  lamina eval runs/mnist", "  lamina check --model lenet --html check.html",
            "  lamina predict --run runs/mnist seven.png", "  lamina COMMAND --help"})
public final class Lamina {
    /** This version of Lamina. */
    static final String VERSION = "0.1.0-SNAPSHOT";

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs the command; the result is its exit code. */
    public static int execute(String... args) {
        CommandLine command = new CommandLine(new Lamina());
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setExecutionExceptionHandler((exception, line, _) -> {
            if (!isExpected(exception)) {
                throw exception;
            }
            line.getErr().println(line.getColorScheme().errorText("lamina: " + text(exception)));
            return CommandLine.ExitCode.SOFTWARE;
        });
        if (args.length == 0) {
            command.usage(command.getErr());
            return CommandLine.ExitCode.USAGE;
        }
        return command.execute(args);
    }

    /** The words of the command line that a command was found in. */
    static List<String> arguments(CommandSpec command) {
        return command.root().commandLine().getParseResult().originalArgs();
    }

    /** Errors whose message is written for users; anything else is a defect and shows its stack trace. */
    private static boolean isExpected(Exception exception) {
        return exception instanceof IllegalArgumentException || exception instanceof IllegalStateException
                || exception instanceof BackendException || exception instanceof TrainingException || exception instanceof IOException
                || exception instanceof UncheckedIOException || exception instanceof ArithmeticException;
    }

    /** The message of an error, for users. */
    static String text(Exception exception) {
        return exception instanceof NoSuchFileException missing ? missing.getFile() + ": there is no such file." : exception.getMessage();
    }
}
