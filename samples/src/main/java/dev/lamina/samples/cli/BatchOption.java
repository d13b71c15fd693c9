package dev.lamina.samples.cli;

import dev.lamina.data.BatchOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.augment.Augmentation;
import dev.lamina.train.BatchSource;
import dev.lamina.train.ClassWeights;
import dev.lamina.train.TrainConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options that say how training batches are made and weighed. */
final class BatchOption {
    /** What an augmentation's text is, for usage messages. */
    static final String MEANING = "resize:S, rrc, crop:P, flip, jitter:B,C,S,H, pca, cutout:S, mixup:A, cutmix:A, joined by +";
    private static final String AUGMENT = "augment";
    private static final String CLASS_WEIGHTS = "class-weights";
    private static final String NONE = "none";

    @Option(names = "--augment", defaultValue = NONE, paramLabel = "TEXT", description = "random changes to training images: " + MEANING)
    private String augment;

    @Option(names = "--class-weights", defaultValue = NONE, paramLabel = "W,...",
            description = "weigh each class in the training loss: balanced, or one number a class")
    private String classWeights;

    @Option(names = "--workers", paramLabel = "N", description = "threads that read training samples (half of the processors)")
    private Integer workers;

    /** What a run must remember: the options that were given. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        if (!Augmentation.parse(augment).isNone()) {
            settings.put(AUGMENT, augment);
        }
        if (!classWeights.equals(NONE)) {
            settings.put(CLASS_WEIGHTS, classWeights);
        }
        return settings;
    }

    /** The batches of a run. */
    BatchSource source(TrainConfig config, Dataset train) {
        Augmentation augmentation = Augmentation.parse(config.options().getOrDefault(AUGMENT, NONE));
        BatchOptions options = BatchOptions.of(config.batchSize()).shuffled(config.seed());
        return BatchSource.of(train, workers == null ? options : options.withWorkers(workers), augmentation);
    }

    /** Whether a run mixes its samples. */
    static boolean mixes(TrainConfig config) {
        return Augmentation.parse(config.options().getOrDefault(AUGMENT, NONE)).mixing().isPresent();
    }

    /** Whether a run weighs its classes. */
    static boolean weighs(TrainConfig config) {
        return config.options().containsKey(CLASS_WEIGHTS);
    }

    /** The weights of a run's classes. */
    static List<Double> weights(TrainConfig config, Dataset train) {
        return ClassWeights.parse(config.options().getOrDefault(CLASS_WEIGHTS, NONE), train);
    }
}
