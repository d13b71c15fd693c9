package dev.lamina.samples.reproduce;

import dev.lamina.data.BatchOptions;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Split;
import dev.lamina.data.augment.Augmentation;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.BatchSource;
import dev.lamina.train.StartWeights;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainResult;
import dev.lamina.train.Trainer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A network after training.
 *
 * @param accuracy on the test samples after the last epoch, 0 to 1
 * @param weights parameters and buffers by name
 * @param statistics by which samples are normalised
 */
record NetworkRun(double accuracy, Map<String, Tensor> weights, ChannelStatistics statistics) {

    /**
     * Trains as {@code lamina train} does.
     *
     * @param augment changes to training images, as text
     * @param start weights to start from, but for the head
     */
    static NetworkRun train(Laboratory laboratory, Model model, Split split, TrainConfig config, String augment,
            Optional<NetworkRun> start) throws IOException {
        BatchOptions batches = BatchOptions.of(config.batchSize()).shuffled(config.seed());
        long stepsPerEpoch = Math.ceilDiv(split.train().size(), config.batchSize());
        try (Trainer trainer = new Trainer(laboratory.backend(), model, split, config, config.makeOptimizer(),
                config.makeSchedule(stepsPerEpoch), List.of())) {
            trainer.batchSource(BatchSource.of(split.train(), batches, Augmentation.parse(augment)));
            if (start.isPresent()) {
                trainer.startFrom(new StartWeights("another row", start.get().weights, Optional.of(start.get().statistics)));
            }
            TrainResult result = trainer.fit();
            Map<String, Tensor> weights = new TreeMap<>();
            for (String name : trainer.state().variables().keySet()) {
                weights.put(name, trainer.state().get(name));
            }
            ChannelStatistics statistics = start.map(NetworkRun::statistics).orElseGet(() -> ChannelStatistics.of(split.train()));
            return new NetworkRun(result.last().testTop1(), weights, statistics);
        }
    }
}
