package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.samples.rbm.RbmCheck;
import dev.lamina.samples.rbm.RbmChecks;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina rbm check}: measures the known figures on MNIST and compares them with their bands. */
@Command(name = "check", mixinStandardHelpOptions = true,
        description = "Trains 784-500 machines on MNIST and compares errors and accuracies with their known bands; exit code 1 on a miss.")
final class RbmCheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOption dataOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of everything (${DEFAULT-VALUE})")
    private long seed;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        Split data = dataOption.open("mnist", Map.of(), seed, 0);
        List<RbmCheck> checks = new ArrayList<>();
        try (Backend backend = backendOption.open(text)) {
            new RbmChecks(backend, data, seed, check -> {
                checks.add(check);
                text.println(check);
                text.flush();
            }, List.of(RbmTraining.printer(text))).all();
        }
        return checks.stream().allMatch(RbmCheck::passed) ? 0 : 1;
    }
}
