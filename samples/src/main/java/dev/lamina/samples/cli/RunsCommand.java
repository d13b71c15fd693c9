package dev.lamina.samples.cli;

import dev.lamina.samples.runs.RunEntry;
import dev.lamina.samples.runs.RunList;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina runs}: what run folders hold. */
@Command(name = "runs", mixinStandardHelpOptions = true, subcommands = RunsCompareCommand.class,
        description = "Lists the runs in a folder: model, data, epochs, accuracy, loss, time, device, and whether they are finished. "
                + "Folders that hold no run, or a damaged one, are listed with the reason.",
        footer = {"", "Examples:", "  lamina runs", "  lamina runs --sort best", "  lamina runs compare runs/lenet-mnist runs/mlp-mnist"})
final class RunsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "DIR", description = "folder of run folders (runs)")
    private Path dir;

    @Option(names = "--sort", defaultValue = "name", paramLabel = "ORDER",
            description = "name, model, data, epochs, best, last, loss, time or changed (${DEFAULT-VALUE}); the best, the most or the "
                    + "latest comes first")
    private RunList.Order order;

    @Option(names = "--reverse", description = "the other way round")
    private boolean reverse;

    @Option(names = "--verify", description = "read the weights too, which may take long, and compare checksums of checkpoints")
    private boolean verify;

    @Option(names = "--json", paramLabel = "FILE", description = "write the list to this file too")
    private Path json;

    @Override
    public Integer call() throws IOException {
        Path home = dir == null ? Runs.HOME : dir;
        if (!Files.isDirectory(home)) {
            throw new IllegalArgumentException("runs: \"" + home + "\" is no folder. Name one, or train first: lamina train.");
        }
        List<RunEntry> entries = RunList.sorted(RunEntry.in(home, verify), order, reverse);
        PrintWriter text = spec.commandLine().getOut();
        text.print(entries.isEmpty() ? "no folder in \"" + home + "\"." + System.lineSeparator() : RunList.text(entries));
        text.flush();
        if (json != null) {
            Results.write(json, RunList.values(entries));
        }
        return 0;
    }
}
