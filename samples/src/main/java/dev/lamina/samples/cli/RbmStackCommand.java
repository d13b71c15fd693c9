package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.io.Safetensors;
import dev.lamina.nn.Model;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmFile;
import dev.lamina.rbm.RbmInference;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.rbm.RbmResult;
import dev.lamina.rbm.RbmStack;
import dev.lamina.rbm.Standardization;
import dev.lamina.rbm.VisibleUnit;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.CsvListener;
import dev.lamina.train.CurvesListener;
import dev.lamina.train.EpochMetrics;
import dev.lamina.train.Listener;
import dev.lamina.train.ProgressListener;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina rbm stack}: trains machines one on the other, unrolls them into a network and trains that on labels. */
@Command(name = "stack", mixinStandardHelpOptions = true,
        description = "Trains machines one on the other (rbm.safetensors), then, with --fine-tune, the network made of them by "
                + "backpropagation (fine-tuned/weights.safetensors).",
        footer = {"", "Example:", "  lamina rbm stack --data mnist --hidden 500,250 --fine-tune 10 --out runs/stack"})
final class RbmStackCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--hidden", defaultValue = "500,250", split = ",", paramLabel = "H",
            description = "hidden units of the machines, first one first (${DEFAULT-VALUE})")
    private List<Integer> hidden;

    @Mixin
    private RbmMachineOption machine;

    @Mixin
    private SamplesOption samplesOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = "--fine-tune", defaultValue = "0", paramLabel = "N", description = "epochs of backpropagation on labels; 0 for none")
    private int fineTune;

    @Option(names = "--fine-tune-lr", paramLabel = "RATE", description = "its learning rate (0.1 for sigmoids, 0.02 for rectifiers)")
    private Double fineTuneRate;

    @Option(names = "--labels", paramLabel = "N", description = "fine-tune on the first N training samples only (all)")
    private Integer labels;

    @Option(names = "--out", paramLabel = "DIR", description = "folder of the run (runs/rbm-stack-DATA)")
    private Path out;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        if (fineTune == 0 && (fineTuneRate != null || labels != null)) {
            throw new IllegalArgumentException("rbm stack: " + (labels != null ? "--labels" : "--fine-tune-lr")
                    + " without --fine-tune, which it belongs to. Give --fine-tune N, or leave it out.");
        }
        Path folder = out != null ? out : Runs.HOME.resolve("rbm-stack-" + samplesOption.name());
        Split pixels = samplesOption.open(machine.seed());
        try (Backend backend = backendOption.open(text)) {
            RbmStack stack = pretrain(backend, pixels, folder, text);
            if (stack == null) {
                return 1;
            }
            samplesOption.run(machine.seed()).write(folder);
            RbmFile.save(folder.resolve(RbmRun.MACHINES), stack);
            RbmOutputs.filters(stack, folder.resolve("filters.png"), 200);
            RbmOutputs.samples(backend, stack, pixels.test(), Math.min(RbmOutputs.CHAINS, pixels.test().size()),
                    RbmOutputs.TURNS, machine.seed(), folder.resolve("samples.png"));
            if (fineTune > 0) {
                fineTune(backend, pixels.first(labels == null ? 0 : labels, 0), stack, folder.resolve("fine-tuned"), text);
            }
        }
        text.printf("machines and pictures are in %s%n", folder);
        return 0;
    }

    /** The machines, or null if a stop was requested. */
    private RbmStack pretrain(Backend backend, Split pixels, Path folder, PrintWriter text) throws IOException {
        Rbm rbm = machine.machine(Math.toIntExact(pixels.train().sampleShape().elements()), hidden.getFirst());
        Optional<Standardization> input = rbm.visibleUnit() == VisibleUnit.GAUSSIAN ? Optional.of(Standardization.of(pixels.train()))
                : Optional.empty();
        Dataset train = input.isEmpty() ? pixels.train() : input.get().apply(pixels.train());
        Dataset test = input.isEmpty() ? pixels.test() : input.get().apply(pixels.test());
        RbmStack stack = null;
        for (int layer = 1;; layer++) {
            RbmResult result = RbmTraining.run(backend, rbm, train, test, machine.config(rbm, layer == 1), folder.resolve("layer" + layer),
                    false, text);
            if (!result.finished()) {
                text.println("stopped; the layer's folder holds a checkpoint.");
                return null;
            }
            RbmParameters trained = result.parameters();
            stack = stack == null ? new RbmStack(pixels.train().sampleShape(), input, List.of(trained)) : stack.with(trained);
            if (layer == hidden.size()) {
                return stack;
            }
            try (RbmInference inference = RbmInference.of(backend, trained)) {
                train = inference.features(train);
                test = inference.features(test);
            }
            rbm = machine.machineAbove(rbm, hidden.get(layer));
        }
    }

    private void fineTune(Backend backend, Split pixels, RbmStack stack, Path folder, PrintWriter text) throws IOException {
        double rate = fineTuneRate != null ? fineTuneRate : switch (stack.layers().getFirst().rbm().hiddenUnit()) {
            case BINARY -> 0.1;
            case NRELU -> 0.02;
        };
        Model model = stack.toMlp("rbm-mlp", pixels.train().classNames().size(), ChannelStatistics.of(pixels.train()));
        TrainConfig config = TrainConfig.builder(model.name(), samplesOption.name()).batchSize(100).epochs(fineTune).seed(machine.seed())
                .optimizer("momentum").rate(rate).build();
        List<Listener> listeners = List.of(new ProgressListener(System.out), new CsvListener(folder), new CurvesListener(folder));
        try (Trainer trainer = new Trainer(backend, model, pixels, config, Sgd.momentum(0.9), Schedule.constant(rate), listeners)) {
            EpochMetrics last = trainer.fit().last();
            Map<String, Tensor> weights = new TreeMap<>();
            model.parameters().names().forEach(name -> weights.put(name, trainer.state().get(name)));
            Safetensors.write(folder.resolve("weights.safetensors"), weights, Map.of("lamina.model", model.name()));
            text.printf("fine-tuned on %d labels: test accuracy %.2f %%, test loss %.4f%n", pixels.train().size(), 100 * last.testTop1(),
                    last.testLoss());
        }
    }
}
