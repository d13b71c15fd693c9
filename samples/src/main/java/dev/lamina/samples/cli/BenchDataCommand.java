package dev.lamina.samples.cli;

import dev.lamina.data.Split;
import dev.lamina.data.augment.Augmentation;
import dev.lamina.samples.bench.DataBenchmark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina bench data}: how fast training samples are read, without training. */
@Command(name = "data", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = {"Measures how many images a second the loader makes, by number of workers.",
            "\"decode\" is one thread that decodes and does nothing else: what no loader can undercut while images are not kept. "
            + "\"kept\" is with decoded images in memory, as from the second epoch on."},
        footer = {"", "Example:", "  lamina bench data --data cifar10-jpg --augment crop:4+flip --json data.json"})
final class BenchDataCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--data", defaultValue = "digits", paramLabel = "NAME",
            description = "a data set, or the path of a folder or zip of images")
    private String data;

    @Mixin
    private DataOption dataOption;

    @Option(names = "--augment", defaultValue = "none", paramLabel = "TEXT", description = BatchOption.MEANING)
    private String augment;

    @Option(names = "--batch-size", defaultValue = "128", paramLabel = "N", description = "samples in a batch")
    private int batchSize;

    @Option(names = "--workers", split = ",", paramLabel = "N,...", description = "numbers of threads (1 to the number of processors)",
            showDefaultValue = Help.Visibility.NEVER)
    private List<Integer> workers = List.of();

    @Option(names = "--seconds", defaultValue = "2", paramLabel = "SECONDS", description = "time of each row, and of warming up before it")
    private double seconds;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of order and augmentation")
    private long seed;

    @Option(names = "--json", paramLabel = "FILE", description = "write the results to this file too")
    private Path json;

    @Override
    public Integer call() throws IOException {
        Augmentation augmentation = Augmentation.parse(augment);
        List<Integer> threads = workers.isEmpty()
                ? IntStream.rangeClosed(1, Math.min(16, Runtime.getRuntime().availableProcessors())).boxed().toList() : workers;
        Split decoding = dataOption.withoutCache(data, seed);
        Split kept = dataOption.open(data, Map.of(), seed, 0);
        DataBenchmark benchmark = new DataBenchmark(data, augmentation, batchSize, seed, seconds);
        benchmark.run(decoding.train(), kept.train(), threads, json, spec.commandLine().getOut());
        return 0;
    }
}
