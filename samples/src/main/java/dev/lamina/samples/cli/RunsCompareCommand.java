package dev.lamina.samples.cli;

import dev.lamina.io.AtomicFiles;
import dev.lamina.samples.runs.RunComparison;
import dev.lamina.train.RunFolder;
import dev.lamina.train.RunInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina runs compare}: runs side by side. */
@Command(name = "compare", mixinStandardHelpOptions = true,
        description = "Shows the settings in which runs differ, and their figures side by side.",
        footer = {"", "Example:", "  lamina runs compare runs/lenet-mnist runs/mlp-mnist --html compare.html"})
final class RunsCompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "2..*", paramLabel = "RUN", description = "run folders")
    private List<Path> folders;

    @Option(names = "--html", paramLabel = "FILE", description = "write one page with both tables and the curves in common charts")
    private Path html;

    @Option(names = "--json", paramLabel = "FILE", description = "write the comparison to this file too")
    private Path json;

    @Override
    public Integer call() throws IOException {
        List<RunInfo> runs = new ArrayList<>();
        for (Path folder : folders) {
            runs.add(RunFolder.info(folder));
        }
        RunComparison comparison = new RunComparison(runs);
        PrintWriter text = spec.commandLine().getOut();
        text.print(comparison.text());
        if (html != null) {
            AtomicFiles.writeString(html, comparison.html());
            text.println("written to " + html);
        }
        text.flush();
        if (json != null) {
            Results.write(json, comparison.values());
        }
        return 0;
    }
}
