package dev.lamina.samples.rbm;

import dev.lamina.backend.Backend;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Model;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmConfig;
import dev.lamina.rbm.RbmListener;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.rbm.RbmResult;
import dev.lamina.rbm.RbmStack;
import dev.lamina.rbm.RbmTrainer;
import dev.lamina.rbm.VisibleUnit;
import dev.lamina.train.EpochMetrics;
import dev.lamina.train.Listener;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.Trainer;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** Single experiments with machines on a data set of images: pre-training, a linear model on features, fine-tuning, few labels. */
public final class RbmExperiments {
    /** Samples in a step of every experiment, but those with few labels. */
    public static final int BATCH = 100;

    private RbmExperiments() { }

    /**
     * How a network is trained on labels.
     *
     * @param epochs passes over the labelled samples
     * @param batch samples in a step
     * @param rate learning rate
     * @param momentum momentum, 0 for none
     */
    public record Budget(int epochs, int batch, double rate, double momentum) { }

    /** Trains a machine with the usual settings, binary visible units on pixels/255. */
    public static RbmResult pretrain(Backend backend, Split data, HiddenUnit unit, int hidden, int epochs, long seed,
            List<RbmListener> listeners) throws IOException {
        Rbm rbm = Rbm.of(Math.toIntExact(data.train().sampleShape().elements()), hidden, VisibleUnit.BINARY, unit);
        RbmConfig config = RbmConfig.defaults(rbm).withEpochs(epochs).withSeed(seed);
        try (RbmTrainer trainer = new RbmTrainer(backend, rbm, data.train(), data.test(), config, listeners)) {
            return trainer.fit();
        }
    }

    /** The machine of one result on images of a data set. */
    public static RbmStack stack(Split data, RbmParameters machine) {
        return RbmStack.of(data.train().sampleShape(), machine);
    }

    /** Epochs of a linear softmax model on the hidden means; batch 100, rate 0.1, from zero. */
    public static List<EpochMetrics> linearOnFeatures(Backend backend, Split data, RbmStack stack, int epochs, long seed)
            throws IOException {
        Model model = stack.toFeatureModel("rbm-features", classes(data), ChannelStatistics.of(data.train()));
        return train(backend, data, model, new Budget(epochs, BATCH, 0.1, 0), seed, List.of());
    }

    /** Epochs of the unrolled stack under backpropagation. */
    public static List<EpochMetrics> fineTune(Backend backend, Split data, RbmStack stack, Budget budget, long seed) throws IOException {
        Model model = stack.toMlp("rbm-mlp", classes(data), ChannelStatistics.of(data.train()));
        return train(backend, data, model, budget, seed, List.of());
    }

    /** Epochs of the same network from random weights: He's for rectifiers, Glorot's for sigmoids. */
    public static List<EpochMetrics> fromScratch(Backend backend, Split data, RbmStack stack, Budget budget, long seed)
            throws IOException {
        Initializer weights = switch (stack.layers().getFirst().rbm().hiddenUnit()) {
            case BINARY -> Initializer.xavierUniform();
            case NRELU -> Initializer.heNormal();
        };
        Model model = stack.untrained("mlp", classes(data), ChannelStatistics.of(data.train()), weights);
        return train(backend, data, model, budget, seed, List.of());
    }

    /**
     * The split whose training part is the k-th {@code count} samples, each {@code repeats} times, so that an epoch is several passes and
     * testing takes no longer than training.
     */
    public static Split labelled(Split data, int count, int k, int repeats) {
        int[] indices = IntStream.range(0, count * repeats).map(i -> k * count + i % count).toArray();
        return new Split(data.train().subset(indices), data.test());
    }

    /** Trains a model with plain or momentum SGD at a constant rate. */
    public static List<EpochMetrics> train(Backend backend, Split data, Model model, Budget budget, long seed, List<Listener> listeners)
            throws IOException {
        Dataset train = data.train();
        Sgd sgd = budget.momentum() > 0 ? Sgd.momentum(budget.momentum()) : Sgd.plain();
        TrainConfig config = TrainConfig.builder(model.name(), train.name()).epochs(budget.epochs()).batchSize(budget.batch())
                .rate(budget.rate()).optimizer(sgd.name()).seed(seed).build();
        try (Trainer trainer = new Trainer(backend, model, data, config, sgd, Schedule.constant(budget.rate()), listeners)) {
            return trainer.fit().history();
        }
    }

    private static int classes(Split data) {
        return data.train().classNames().size();
    }
}
