package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.samples.bench.MemoryBenchmark;
import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina bench memory}: the memory plan of a training step beside what the process then holds. */
@Command(name = "memory", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Compares the memory plan of a training step with the memory that the process then holds (Linux, CPU backends).",
        footer = {"", "Example:", "  lamina bench memory --model alexnet --input 3,227,227 --classes 1000 --batch-size 128"})
final class BenchMemoryCommand implements Callable<Integer> {
    private static final String HERE = "--here";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOption modelOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = "--input", defaultValue = "1,28,28", split = ",", paramLabel = "C,H,W", description = "shape of a sample")
    private long[] input;

    @Option(names = "--classes", defaultValue = "10", paramLabel = "K", description = "number of classes")
    private int classes;

    @Option(names = "--batch-size", defaultValue = "64", paramLabel = "N", description = "samples in a step")
    private int batchSize;

    @Option(names = "--optimizer", defaultValue = "momentum", paramLabel = "NAME", description = "sgd, momentum, nesterov, adam or adamw")
    private String optimizer;

    @Option(names = HERE, hidden = true, description = "measure in this process")
    private boolean here;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!here) {
            List<String> arguments = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
            arguments.add(HERE);
            return MemoryBenchmark.startProcess(Lamina.class.getName(), arguments);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (input.length != 3) {
            throw new IllegalArgumentException("bench: --input has " + input.length + " numbers, needs C,H,W, e.g. 3,32,32.");
        }
        Model model = modelOption.create(Shape.of(input), classes);
        try (Backend backend = backendOption.open(out)) {
            MemoryBenchmark.Result found = MemoryBenchmark.run(backend, Models.create("lenet", Shape.of(1, 28, 28), 10), model,
                    Optimizer.parse(optimizer, 0), batchSize);
            out.printf(Locale.ROOT, "%s, batch %d, %s: planned %.1f MiB (arena %.1f, variables %.1f, batch %.1f), measured peak %.1f MiB, "
                    + "%+.1f %%; a step took %.1f s%n", model.name(), batchSize, optimizer, found.planned() / 0x1p20,
                    found.arena() / 0x1p20, found.state() / 0x1p20, found.batch() / 0x1p20, found.measured() / 0x1p20,
                    100 * found.excess(), found.secondsOfLastStep());
        }
        return 0;
    }
}
