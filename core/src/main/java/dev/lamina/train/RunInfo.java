package dev.lamina.train;

import dev.lamina.tensor.Shape;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run folder says of its run, without the weights. Immutable and thread-safe.
 *
 * @param path the folder
 * @param config settings
 * @param inputShape shape of a sample, {@code [C, H, W]}
 * @param classNames names of the classes in label order
 * @param backend name of the backend that trained last
 * @param device name of its device
 * @param trainSamples training samples in an epoch
 * @param steps steps done
 * @param seconds wall-clock time so far, over all interruptions
 * @param history one entry a complete epoch
 * @param finished whether training came to its end
 */
public record RunInfo(Path path, TrainConfig config, Shape inputShape, List<String> classNames, String backend, String device,
        int trainSamples, long steps, double seconds, List<EpochMetrics> history, boolean finished) {
    /** Copies the lists. */
    public RunInfo {
        classNames = List.copyOf(classNames);
        history = List.copyOf(history);
    }
}
