package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lamina.data.ChannelStatistics;
import java.util.List;

/**
 * What {@code run.json} holds: settings, where training stands, and which file holds the tensors that belong to it. Immutable and
 * thread-safe.
 *
 * @param format version of this layout, {@value #FORMAT}
 * @param config settings
 * @param inputShape shape of a sample
 * @param classNames names of the classes
 * @param statistics by which samples are normalised
 * @param trainSamples training samples in an epoch
 * @param backend name of the backend
 * @param device name of the device
 * @param epoch complete epochs
 * @param batch complete batches of the epoch after those
 * @param step complete steps
 * @param skipped how many of those were skipped
 * @param sums over the complete batches of that epoch
 * @param seconds wall-clock time so far
 * @param history one entry a complete epoch
 * @param finished whether training came to its end
 * @param checkpoint name of the file of tensors
 * @param sha256 of that file
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record RunRecord(int format, TrainConfig config, List<Long> inputShape, List<String> classNames, ChannelStatistics statistics,
        int trainSamples, String backend, String device, int epoch, int batch, long step, long skipped, Sums sums, double seconds,
        List<EpochMetrics> history, boolean finished, String checkpoint, String sha256) {
    static final int FORMAT = 1;

    RunRecord {
        inputShape = List.copyOf(inputShape);
        classNames = List.copyOf(classNames);
        history = List.copyOf(history);
    }

    RunRecord withFile(String name, String hash) {
        return new RunRecord(format, config, inputShape, classNames, statistics, trainSamples, backend, device, epoch, batch, step, skipped,
                sums, seconds, history, finished, name, hash);
    }
}
