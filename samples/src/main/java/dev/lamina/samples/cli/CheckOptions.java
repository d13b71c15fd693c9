package dev.lamina.samples.cli;

import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.samples.check.CheckData;
import dev.lamina.samples.check.TrainingSubject;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.RunFolder;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what is checked. */
final class CheckOptions {
    private static final String DIGITS = "digits";
    private static final int SAMPLES = 512;

    @Option(names = "--model", paramLabel = "NAME",
            description = "linear, mlp, lenet, resnet20, alexnet or vgg16, with drawn weights (lenet)")
    private String model;

    @Option(names = "--run", paramLabel = "RUN", description = "the model, weights, optimizer and data of a run folder instead")
    private Path run;

    @Option(names = "--data", paramLabel = "NAME",
            description = "where batches come from, brought to the model's input; `lamina datasets` lists sets (digits, or the run's)")
    private String data;

    @Mixin
    private DataOption dataOption;

    @Option(names = "--input", split = ",", paramLabel = "C,H,W",
            description = "shape of a sample (that of --data, else 1,28,28; resnet20 and vgg16 3,32,32; alexnet 3,67,67)")
    private long[] input;

    @Option(names = "--classes", paramLabel = "K", description = "number of classes (that of the data)")
    private Integer classes;

    @Option(names = "--batch", defaultValue = "4", paramLabel = "N", description = "samples in a step (${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--steps", defaultValue = "1", paramLabel = "N",
            description = "training steps, each side going on from its own (${DEFAULT-VALUE})")
    private int steps;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N",
            description = "seed of weights, generated data and random ops (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--optimizer", paramLabel = "NAME", description = "sgd, momentum, nesterov, adam or adamw (momentum, or the run's)")
    private String optimizer;

    @Option(names = "--loss", description = "check the forward pass and the loss as for inference, no gradients and updates")
    private boolean lossOnly;

    /** Builds what is checked. */
    CheckPlan plan() throws IOException {
        if (steps < 1) {
            throw new IllegalArgumentException("check: --steps " + steps + ", needs >= 1.");
        }
        if (run != null) {
            return trained(RunFolder.open(run));
        }
        return drawn(model == null ? "lenet" : model);
    }

    private CheckPlan drawn(String name) throws IOException {
        Dataset samples = open(data == null ? DIGITS : data, Map.of());
        Shape shape = input != null ? given() : data != null ? samples.sampleShape() : usual(name);
        int count = classes == null ? samples.classNames().size() : classes;
        String updates = optimizer == null ? "momentum" : optimizer;
        TrainConfig config = TrainConfig.builder(name, samples.name()).batchSize(batch).seed(seed).optimizer(updates)
                .rate(Optimizer.parse(updates, 0).defaultRate()).build();
        CheckData fitted = CheckData.fit(samples, shape, count, data != null, seed);
        ChannelStatistics statistics = ChannelStatistics.of(fitted.samples().first(SAMPLES));
        return plan(fitted, statistics, Models.create(name, shape, count), config, Map.of(), "drawn");
    }

    private CheckPlan trained(RunFolder folder) throws IOException {
        if (model != null || input != null || classes != null) {
            throw new IllegalArgumentException("check: --run " + run + " brings its model, input shape and classes; leave out --model, "
                    + "--input and --classes.");
        }
        TrainConfig saved = folder.config();
        Dataset samples = open(data == null ? saved.data() : data, saved.options());
        String updates = optimizer == null ? saved.optimizer() : optimizer;
        TrainConfig config = saved.toBuilder().batchSize(batch).seed(seed).optimizer(updates).build();
        Model network = Models.create(saved.model(), folder.inputShape(), folder.classNames().size());
        CheckData fitted = CheckData.fit(samples, folder.inputShape(), folder.classNames().size(), true, seed);
        return plan(fitted, folder.statistics(), network, config, folder.weights(), "of " + run + " after " + folder.steps() + " steps");
    }

    private CheckPlan plan(CheckData fitted, ChannelStatistics statistics, Model network, TrainConfig config,
            Map<String, Tensor> weights, String origin) {
        TrainingSubject subject = new TrainingSubject(network, fitted.samples(), statistics, config,
                Optimizer.parse(config.optimizer(), config.weightDecay()), weights);
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("model", network.name() + ", input " + network.inputShape() + ", " + network.classes() + " classes");
        settings.put("weights", origin + ", seed " + seed);
        settings.put("data", fitted.description());
        settings.put("batch", batch + (batch == 1 ? " sample" : " samples") + ", " + steps + (steps == 1 ? " step" : " steps"));
        if (!lossOnly) {
            settings.put("optimizer", config.optimizer() + ", learning rate " + config.rate());
        }
        Precision precision = run == null ? Precision.FLOAT32 : config.precision();
        return new CheckPlan(lossOnly ? subject.loss() : subject.step(), steps, precision, settings);
    }

    private Dataset open(String name, Map<String, String> settings) throws IOException {
        int needed = Math.toIntExact(Math.max(SAMPLES, Math.multiplyExact((long) batch, steps)));
        return dataOption.open(name, settings, seed, needed).train();
    }

    private Shape given() {
        if (input.length != 3) {
            throw new IllegalArgumentException("check: --input has " + input.length + " numbers, needs C,H,W, e.g. 3,32,32.");
        }
        return Shape.of(input);
    }

    /** A shape that a model takes and the judge computes in seconds. */
    private static Shape usual(String model) {
        return switch (model) {
            case "resnet20", "vgg16" -> Shape.of(3, 32, 32);
            case "alexnet" -> Shape.of(3, 67, 67);
            default -> Shape.of(1, 28, 28);
        };
    }
}
