package dev.lamina.samples.cli;

import dev.lamina.samples.bench.CpuBenchmark;
import dev.lamina.samples.bench.Mode;
import dev.lamina.samples.bench.Timing;
import dev.lamina.samples.bench.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina bench cpu}: training steps and inference of five networks, alone or against other libraries. */
@Command(name = "cpu", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = {"Measures training steps (forward, cross-entropy, backward, SGD with momentum) and inference in float32: mlp "
            + "3072-512-512-10 batch 256, lenet batch 64, resnet20 batch 128, alexnet batch 16, vgg16 inference batch 4.",
            "Each workload runs in a process of its own. sgemm is the share of the speed of a large matrix product, heap/step what is "
            + "allocated on the Java heap, reorders the changes of memory layout in a step.",
            "--peers measures DJL, bytedeco's PyTorch and ONNX Runtime in turn with Lamina; it builds them first (-Ppeers)."},
        footer = {"", "Examples:", "  lamina bench cpu --only lenet --verbose", "  lamina bench cpu --peers --json bench.json"})
final class BenchCpuCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--only", split = ",", paramLabel = "WORKLOAD", description = "mlp, lenet, resnet20, alexnet, vgg16 (all)",
            showDefaultValue = Help.Visibility.NEVER)
    private List<String> only = List.of();

    @Option(names = "--mode", split = ",", paramLabel = "MODE", description = "train, infer (both)",
            showDefaultValue = Help.Visibility.NEVER)
    private List<Mode> modes = List.of(Mode.TRAIN, Mode.INFER);

    @Option(names = "--backend", defaultValue = "cpu", paramLabel = "NAME", description = "cpu or reference")
    private String backend;

    @Option(names = "--threads", defaultValue = "2", paramLabel = "N", description = "worker threads, of peers too")
    private int threads;

    @Option(names = "--peers", description = "compare with other libraries")
    private boolean peers;

    @Option(names = "--rounds", paramLabel = "N", description = "how often each is measured (2 with --peers, else 1)",
            showDefaultValue = Help.Visibility.NEVER)
    private Integer rounds;

    @Option(names = "--warm-up", defaultValue = "10", paramLabel = "SECONDS", description = "time before anything is measured")
    private double warmUp;

    @Option(names = "--seconds", defaultValue = "1", paramLabel = "SECONDS", description = "time of each of five repetitions")
    private double seconds;

    @Option(names = "--json", paramLabel = "FILE", description = "write the results to this file too")
    private Path json;

    @Option(names = "--verbose", description = "list reorders and implementations of each step")
    private boolean verbose;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Workload> workloads = only.isEmpty() ? Workload.all() : only.stream().map(Workload::named).toList();
        Timing timing = new Timing(warmUp, seconds, Timing.REPETITIONS);
        CpuBenchmark benchmark = new CpuBenchmark(workloads, modes, backend, threads, timing, peers,
                rounds == null ? peers ? 2 : 1 : rounds, verbose);
        return benchmark.run(json, spec.commandLine().getOut(), System.err) ? 0 : 1;
    }
}
