package dev.lamina.samples.cli;

import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Shape;
import dev.lamina.train.BatchSource;
import dev.lamina.train.StartWeights;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what a step of training is made of: model, samples, batches, loss and updates, but not the learning rate. */
final class LearningOptions {
    /** Under which a run's settings hold the limit of the training samples. */
    static final String TRAIN_LIMIT = "train-limit";

    @Mixin
    private ModelOption modelOption;

    @Mixin
    private PixelsOption pixelsOption;

    @Option(names = "--data", defaultValue = "digits", paramLabel = "NAME", description = DataOption.MEANING)
    private String data;

    @Mixin
    private DataOption dataOption;

    @Mixin
    private BatchOption batchOption;

    @Mixin
    private FeaturesOption featuresOption;

    @Mixin
    private StepOptions stepOptions;

    @Mixin
    private FineTuneOptions fineTuneOptions;

    @Option(names = "--batch-size", defaultValue = "64", paramLabel = "N", description = "samples in a step")
    private int batchSize;

    @Option(names = "--optimizer", defaultValue = "adam", paramLabel = "NAME", description = "sgd, momentum, nesterov, adam or adamw")
    private String optimizer;

    @Option(names = "--weight-decay", defaultValue = "0", paramLabel = "L", description = "weight decay")
    private double weightDecay;

    @Option(names = "--label-smoothing", defaultValue = "0", paramLabel = "E", description = "label smoothing in [0, 1)")
    private double labelSmoothing;

    @Option(names = "--clip-norm", defaultValue = "0", paramLabel = "C", description = "limit of the gradient's global norm; 0 for none")
    private double clipNorm;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of weights, data order and random ops")
    private long seed;

    @Option(names = PrecisionOption.NAME, defaultValue = "tf32", paramLabel = "NAME", converter = PrecisionOption.class,
            description = PrecisionOption.MEANING)
    private Precision precision;

    @Option(names = "--train-limit", defaultValue = "0", paramLabel = "N", description = "use the first N training samples; 0 for all")
    private int trainLimit;

    /**
     * What was given.
     *
     * @param more further settings to remember
     */
    TrainConfig.Builder settings(Map<String, String> more) {
        Map<String, String> options = new TreeMap<>(more);
        options.putAll(modelOption.settings());
        options.putAll(featuresOption.settings());
        options.put(TRAIN_LIMIT, Integer.toString(trainLimit));
        options.putAll(dataOption.settings());
        options.putAll(batchOption.settings());
        return TrainConfig.builder(modelOption.name(), DataOption.remembered(data)).batchSize(batchSize).seed(seed).optimizer(optimizer)
                .weightDecay(weightDecay).labelSmoothing(labelSmoothing).clipNorm(clipNorm).precision(precision)
                .rules(stepOptions.rules()).fineTuning(fineTuneOptions.settings()).options(options);
    }

    /** The samples of a run, those held out as test samples. */
    Split open(TrainConfig config) throws IOException {
        int limit = Integer.parseInt(config.options().getOrDefault(TRAIN_LIMIT, "0"));
        return dataOption.openToTrain(config.data(), config.options(), config.seed(), limit);
    }

    /**
     * The model of a run, for these samples.
     *
     * @param folder of the run; null for none
     */
    static Model model(TrainConfig config, Split split, Path folder) {
        Shape input = split.train().sampleShape();
        int classes = split.train().classNames().size();
        return folder == null ? ModelOption.create(config.model(), config.options(), input, classes)
                : ModelOption.of(folder, config, input, classes);
    }

    /** The weights that a new run starts from, null for random ones. */
    StartWeights start(TrainConfig config, Model model) throws IOException {
        return pixelsOption.start(config, model, FineTuneOptions.weights(config));
    }

    /** The batches of a run. */
    BatchSource batches(TrainConfig config, Dataset train) {
        return batchOption.source(config, train);
    }

    /** The weights of a run's classes. */
    static List<Double> classWeights(TrainConfig config, Dataset train) {
        return BatchOption.weights(config, train);
    }
}
