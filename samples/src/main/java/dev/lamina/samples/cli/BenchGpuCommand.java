package dev.lamina.samples.cli;

import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.samples.bench.GpuBenchmark;
import dev.lamina.samples.bench.Mode;
import dev.lamina.samples.bench.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina bench gpu}: training steps and inference of four networks on a GPU, against what the GPU does at best. */
@Command(name = "gpu", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = {"Measures training steps (forward, cross-entropy, backward, SGD with momentum and weight decay) and inference: "
            + "lenet batch 64 and 1024, resnet20 batch 128 and 1024, alexnet batch 256, vgg16 batch 64.",
            "Steps are replayed with the images on the device and timed by its own events; a device without them is timed by the wall "
            + "clock. gemm is the share of the speed of large matrix products on the same device, GB/s what the kernels of a step read and "
            + "write, copy its share of the speed of a large copy.",
            "Each workload runs in a process of its own. On the emulator, and with --smoke, sizes are tiny and figures mean nothing."},
        footer = {"", "Examples:", "  lamina bench gpu --json bench.json", "  lamina bench gpu --only lenet-64,vgg16 --precision bf16",
            "samples/gpu/README.md says how to measure PyTorch in turn with it."})
final class BenchGpuCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--only", split = ",", paramLabel = "WORKLOAD", showDefaultValue = Help.Visibility.NEVER,
            description = "lenet-64, lenet-1024, resnet20-128, resnet20-1024, alexnet-256, vgg16-64, or a model for all its batches (all)")
    private List<String> only = List.of();

    @Option(names = "--mode", split = ",", paramLabel = "MODE", description = "train, infer (both)",
            showDefaultValue = Help.Visibility.NEVER)
    private List<Mode> modes = List.of(Mode.TRAIN, Mode.INFER);

    @Option(names = PrecisionOption.NAME, split = ",", defaultValue = "tf32,bf16", paramLabel = "NAME", converter = PrecisionOption.class,
            description = PrecisionOption.MEANING)
    private List<Precision> precisions;

    @Option(names = "--backend", defaultValue = "cuda", paramLabel = "NAME", description = "cuda, cpu or reference")
    private String backend;

    @Option(names = "--device", defaultValue = "0", paramLabel = "N", description = "which GPU, from 0")
    private int device;

    @Option(names = "--warm-up", defaultValue = "1", paramLabel = "SECONDS", description = "time before anything is measured")
    private double warmUp;

    @Option(names = "--seconds", defaultValue = "0.3", paramLabel = "SECONDS", description = "time of each of five repetitions")
    private double seconds;

    @Option(names = "--smoke", description = "tiny sizes, to see that it works; figures mean nothing")
    private boolean smoke;

    @Option(names = "--json", paramLabel = "FILE", description = "write the results to this file too")
    private Path json;

    @Option(names = "--verbose", description = "list changes of layout and implementations of each step")
    private boolean verbose;

    @Override
    public Integer call() throws IOException, InterruptedException {
        BackendOption.requireDevice(backend, device);
        Timing timing = new Timing(warmUp, seconds, Timing.REPETITIONS);
        GpuBenchmark benchmark = new GpuBenchmark(only, modes, precisions, backend, device, timing, smoke, verbose);
        return benchmark.run(json, spec.commandLine().getOut(), System.err) ? 0 : 1;
    }
}
