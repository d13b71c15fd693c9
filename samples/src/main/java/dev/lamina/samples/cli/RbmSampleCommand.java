package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
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

/** {@code lamina rbm sample}: draws from a machine. */
@Command(name = "sample", mixinStandardHelpOptions = true,
        description = "Draws from a machine by Gibbs chains; of a stack from the topmost machine. Writes a PNG grid of means.",
        footer = {"", "Example:", "  lamina rbm sample runs/rbm --turns 1000 --out samples.png"})
final class RbmSampleCommand implements Callable<Integer> {
    /** Where chains begin. */
    private enum Start { DATA, RANDOM }

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN", description = "folder of a run, or a file of machines")
    private Path run;

    @Mixin
    private SetOption dataOption;

    @Option(names = "--start", defaultValue = "data", paramLabel = "WHERE",
            description = "data: chains begin at test samples of the run; random: at random hidden units (${DEFAULT-VALUE})")
    private Start start;

    @Mixin
    private BackendOption backendOption;

    @Option(names = "--chains", defaultValue = "100", paramLabel = "N", description = "independent chains (${DEFAULT-VALUE})")
    private int chains;

    @Option(names = "--turns", defaultValue = "1000", paramLabel = "N", description = "turns of each chain (${DEFAULT-VALUE})")
    private int turns;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of the chains (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--out", defaultValue = "samples.png", paramLabel = "FILE", description = "PNG (${DEFAULT-VALUE})")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        RbmStack stack = RbmRun.machines(run);
        Dataset first = switch (start) {
            case DATA -> testSamples();
            case RANDOM -> null;
        };
        try (Backend backend = backendOption.open(text)) {
            RbmOutputs.samples(backend, stack, first, chains, turns, seed, out);
        }
        text.printf("%d chains after %d turns are in %s%n", chains, turns, out);
        return 0;
    }

    private Dataset testSamples() throws IOException {
        if (!Files.isDirectory(run)) {
            throw new IllegalArgumentException("rbm sample: --start data needs the folder of a run, \"" + run
                    + "\" is a file. Use --start random.");
        }
        RbmRun saved = RbmRun.read(run);
        Dataset test = dataOption.open(saved.data(), Map.of(DataOption.SETTING, saved.dataDir()), saved.seed(), 0).test();
        if (test.size() < chains) {
            throw new IllegalArgumentException("rbm sample: " + chains + " chains, \"" + saved.data() + "\" has " + test.size()
                    + " test samples to begin at. Use fewer, or --start random.");
        }
        return test;
    }
}
