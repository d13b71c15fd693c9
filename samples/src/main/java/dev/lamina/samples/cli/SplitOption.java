package dev.lamina.samples.cli;

import dev.lamina.data.Split;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose samples, for commands without a run that would remember them. */
final class SplitOption {
    @Option(names = "--data", defaultValue = "digits", paramLabel = "NAME", description = DataOption.MEANING)
    private String data;

    @Option(names = "--train-limit", defaultValue = "0", paramLabel = "N", description = "use the first N training samples; 0 for all")
    private int trainLimit;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of generated data")
    private long seed;

    @Mixin
    private DataOption dataOption;

    /** Name of the data set. */
    String name() {
        return data;
    }

    /** Opens it. */
    Split open() throws IOException {
        return dataOption.open(data, Map.of(), seed, trainLimit);
    }
}
