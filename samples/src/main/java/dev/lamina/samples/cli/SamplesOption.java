package dev.lamina.samples.cli;

import dev.lamina.data.Split;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose samples and how many of them to train on, for commands that take them as they are. */
final class SamplesOption {
    @Option(names = "--data", defaultValue = "digits", paramLabel = "NAME", showDefaultValue = Help.Visibility.ALWAYS,
            description = "a data set; `lamina datasets` lists them")
    private String data;

    @Mixin
    private SetOption set;

    @Option(names = "--train-limit", defaultValue = "0", paramLabel = "N", showDefaultValue = Help.Visibility.ALWAYS,
            description = "use the first N training samples; 0 for all")
    private int trainLimit;

    /** Name of the data set. */
    String name() {
        return data;
    }

    /** What a run of `lamina rbm` must remember. */
    RbmRun run(long seed) {
        return new RbmRun(data, set.dir().toString(), trainLimit, seed);
    }

    /** Opens the set. */
    Split open(long seed) throws IOException {
        return set.open(data, Map.of(), seed, trainLimit);
    }

    /** Opens the set of a run, in the folder given here if there is one. */
    Split open(RbmRun run) throws IOException {
        return set.open(run.data(), Map.of(DataOption.SETTING, run.dataDir()), run.seed(), run.trainLimit());
    }
}
