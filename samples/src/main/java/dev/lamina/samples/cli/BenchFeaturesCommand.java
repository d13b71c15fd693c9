package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.samples.bench.FeatureBenchmark;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina bench features}: how fast featurisers learn. */
@Command(name = "features", mixinStandardHelpOptions = true,
        description = {"Measures how fast principal components and visual words are found in random numbers, the fastest of three rounds,",
            "and what share of the speed of a large matrix product that is. The time is of the whole fit."})
final class BenchFeaturesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private BackendOption backendOption;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Backend backend = backendOption.open(out)) {
            for (FeatureBenchmark.Row row : FeatureBenchmark.run(backend)) {
                out.printf(Locale.ROOT, "%s: %.2f s, %.0f GFLOP/s in products, %.0f %% of the GEMM peak of %.0f GFLOP/s%n", row.what(),
                        row.seconds(), row.gflops(), 100 * row.gflops() / row.peak(), row.peak());
            }
        }
        return 0;
    }
}
