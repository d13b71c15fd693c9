package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmConfig;
import dev.lamina.rbm.RbmFile;
import dev.lamina.rbm.RbmResult;
import dev.lamina.rbm.RbmStack;
import dev.lamina.rbm.RbmTrainer;
import dev.lamina.rbm.Standardization;
import dev.lamina.rbm.VisibleUnit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina rbm train}: trains a machine and writes it with its pictures. */
@Command(name = "train", mixinStandardHelpOptions = true,
        description = "Trains a restricted Boltzmann machine; the test samples serve to measure. Writes rbm.safetensors, metrics.csv, "
                + "filters.png, probabilities.png, samples.png, histograms.png. Ctrl-C ends it after a checkpoint; --resume goes on.",
        footer = {"", "Examples:", "  lamina rbm train --data mnist --hidden 500 --out runs/rbm",
            "  lamina rbm train --data mnist --hidden 500 --unit nrelu", "  lamina rbm train --resume runs/rbm --epochs 20"})
final class RbmTrainCommand implements Callable<Integer> {
    private static final List<String> CHANGEABLE = List.of("--resume", "--epochs", "--data-dir", "--download", "--backend", "--threads",
            "--device");

    @Spec
    private CommandSpec spec;

    @Option(names = "--hidden", defaultValue = "500", paramLabel = "H", description = "hidden units (${DEFAULT-VALUE})")
    private int hidden;

    @Mixin
    private RbmMachineOption machine;

    @Mixin
    private SamplesOption samplesOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = "--out", paramLabel = "DIR", description = "folder of the run (runs/rbm-DATA)")
    private Path out;

    @Option(names = "--resume", paramLabel = "DIR", description = "go on with this run, with its settings")
    private Path resume;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        if (resume != null) {
            requireChangeable();
        }
        RbmRun run = resume != null ? RbmRun.read(resume) : samplesOption.run(machine.seed());
        Path folder = resume != null ? resume : out != null ? out : Runs.HOME.resolve("rbm-" + samplesOption.name());
        Split pixels = samplesOption.open(run);
        Rbm rbm = resume != null ? RbmTrainer.machine(resume)
                : machine.machine(Math.toIntExact(pixels.train().sampleShape().elements()), hidden);
        RbmConfig config = resume == null ? machine.config(rbm, true) : saved();
        Optional<Standardization> input = rbm.visibleUnit() == VisibleUnit.GAUSSIAN ? Optional.of(Standardization.of(pixels.train()))
                : Optional.empty();
        Split seen = input.isEmpty() ? pixels : new Split(input.get().apply(pixels.train()), input.get().apply(pixels.test()));
        try (Backend backend = backendOption.open(text)) {
            if (resume == null && !RbmTrainer.isRun(folder)) {
                run.write(folder);
            }
            RbmResult result = RbmTraining.run(backend, rbm, seen.train(), seen.test(), config, folder, resume != null, text);
            if (!result.finished()) {
                text.printf("stopped after %d steps; go on with: lamina rbm train --resume %s%n", result.steps(), folder);
                return 1;
            }
            RbmStack stack = new RbmStack(pixels.train().sampleShape(), input, List.of(result.parameters()));
            write(backend, stack, pixels, seen, config.seed(), folder, text);
        }
        return 0;
    }

    private RbmConfig saved() throws IOException {
        RbmConfig config = RbmTrainer.config(resume);
        return machine.epochs() == null ? config : config.withEpochs(machine.epochs());
    }

    private void requireChangeable() {
        List<String> ignored = spec.commandLine().getParseResult().matchedOptions().stream().map(OptionSpec::longestName)
                .filter(n -> !CHANGEABLE.contains(n)).toList();
        if (!ignored.isEmpty()) {
            throw new IllegalArgumentException("rbm train: --resume takes the settings of the run; " + String.join(", ", ignored)
                    + " cannot be changed. Leave them out, or start another run.");
        }
    }

    private void write(Backend backend, RbmStack stack, Split pixels, Split seen, long seed, Path folder, PrintWriter text)
            throws IOException {
        RbmFile.save(folder.resolve(RbmRun.MACHINES), stack);
        RbmOutputs.filters(stack, folder.resolve("filters.png"), 200);
        text.println(RbmOutputs.probabilities(backend, stack.layers().getFirst(), seen.test(), folder.resolve("probabilities.png")));
        RbmOutputs.samples(backend, stack, pixels.test(), Math.min(RbmOutputs.CHAINS, pixels.test().size()),
                RbmOutputs.TURNS, seed, folder.resolve("samples.png"));
        text.printf("machine and pictures are in %s%n", folder);
    }
}
