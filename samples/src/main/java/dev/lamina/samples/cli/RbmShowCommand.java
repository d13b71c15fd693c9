package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.rbm.RbmStack;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina rbm show}: what a machine learned. */
@Command(name = "show", mixinStandardHelpOptions = true,
        description = "Shows a machine: units, filters of the first layer (filters.png), activity of its hidden units on data "
                + "(probabilities.png: a row a sample, a column a unit).",
        footer = {"", "Example:", "  lamina rbm show runs/rbm --out pictures"})
final class RbmShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of a run, or a file of machines")
    private Path run;

    @Mixin
    private SetOption dataOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = "--data", paramLabel = "NAME", description = "data set for the activity (that of the run; none for a file)")
    private String data;

    @Option(names = "--filters", defaultValue = "200", paramLabel = "N", description = "filters shown at most (${DEFAULT-VALUE})")
    private int filters;

    @Option(names = "--out", defaultValue = ".", paramLabel = "DIR", description = "folder of the pictures (${DEFAULT-VALUE})")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        RbmStack stack = RbmRun.machines(run);
        for (RbmParameters machine : stack.layers()) {
            text.printf("%s; %s%n", RbmText.of(machine.rbm()), machine.rbm().options());
        }
        Files.createDirectories(out);
        RbmOutputs.filters(stack, out.resolve("filters.png"), filters);
        if (data == null && !Files.isDirectory(run)) {
            return 0;
        }
        RbmRun saved = Files.isDirectory(run) ? RbmRun.read(run) : null;
        Split pixels = saved == null ? dataOption.open(data, Map.of(), 1, 0)
                : dataOption.open(data != null ? data : saved.data(), Map.of(DataOption.SETTING, saved.dataDir()), saved.seed(), 0);
        try (Backend backend = backendOption.open(text)) {
            text.println(RbmOutputs.probabilities(backend, stack.layers().getFirst(), stack.visible(pixels.test().first(100)),
                    out.resolve("probabilities.png")));
        }
        return 0;
    }
}
