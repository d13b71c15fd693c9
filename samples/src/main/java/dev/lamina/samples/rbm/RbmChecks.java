package dev.lamina.samples.rbm;

import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.RbmEpoch;
import dev.lamina.rbm.RbmListener;
import dev.lamina.rbm.RbmResult;
import dev.lamina.rbm.RbmStack;
import dev.lamina.samples.rbm.RbmExperiments.Budget;
import dev.lamina.train.EpochMetrics;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The measured figures of the specification's section 5 on MNIST: 784-500 machines, 10 epochs. Every check is told as soon as it is known;
 * each method runs by itself. One thread.
 */
public final class RbmChecks {
    /** Hidden units of all machines here. */
    public static final int HIDDEN = 500;

    private static final int EPOCHS = 10;
    private static final int FEW = 600;
    private static final int DRAWS = 5;
    private static final double ANY = Double.POSITIVE_INFINITY;
    /** Full labels: ten epochs of batches of 100 with momentum 0.9. */
    private static final Budget SIGMOID = new Budget(EPOCHS, RbmExperiments.BATCH, 0.1, 0.9);
    private static final Budget RELU = new Budget(EPOCHS, RbmExperiments.BATCH, 0.02, 0.9);
    /** 600 labels: 50 passes, ten an epoch, in batches of 20; the rate was chosen on 5,000 other training samples. */
    private static final int PASSES = 10;
    private static final Budget RELU_FEW = new Budget(5, 20, 0.005, 0.9);

    private final Backend backend;
    private final Split data;
    private final long seed;
    private final Consumer<RbmCheck> sink;
    private final List<RbmListener> listeners;

    /**
     * Checks on a data set.
     *
     * @param sink is told each figure
     * @param listeners are told how pre-training goes
     */
    public RbmChecks(Backend backend, Split data, long seed, Consumer<RbmCheck> sink, List<RbmListener> listeners) {
        this.backend = backend;
        this.data = data;
        this.seed = seed;
        this.sink = sink;
        this.listeners = List.copyOf(listeners);
    }

    /** All of them. */
    public void all() throws IOException {
        RbmStack binary = binary();
        binaryFineTuning(binary);
        RbmStack nrelu = nrelu();
        nreluFineTuning(nrelu);
        fewLabels(nrelu);
    }

    /** The binary machine: errors, free-energy gap, a linear model on its features. */
    public RbmStack binary() throws IOException {
        RbmResult result = pretrain(HiddenUnit.BINARY, "17.7", "6.80, at most 7.5", 7.5);
        RbmEpoch last = result.history().getLast();
        tell("binary: mean-field error of a test image", "3.05", 0, 4, last.heldOutError(), 0);
        tell("binary: free energy train minus test", "within 1 of 0", -1, 1, last.gap(), 0);
        return features(result, "binary", "95.6, at least 94.8", 94.8);
    }

    /** The machine of noisy rectified units: errors, a linear model on its features. */
    public RbmStack nrelu() throws IOException {
        RbmResult result = pretrain(HiddenUnit.NRELU, "23.1", "6.55, at most 7.5", 7.5);
        return features(result, "nrelu", "95.7", 94.8);
    }

    private RbmResult pretrain(HiddenUnit unit, String first, String last, double limit) throws IOException {
        long start = System.nanoTime();
        RbmResult result = RbmExperiments.pretrain(backend, data, unit, HIDDEN, EPOCHS, seed, listeners);
        double seconds = seconds(start);
        String name = unit.name().toLowerCase(Locale.ROOT);
        tell(name + ": squared error of an image, epoch 1", first, 0, ANY, result.history().getFirst().error(), seconds);
        tell(name + ": squared error of an image, epoch 10", last, 0, limit, result.history().getLast().error(), seconds);
        return result;
    }

    private RbmStack features(RbmResult result, String name, String expected, double low) throws IOException {
        RbmStack stack = RbmExperiments.stack(data, result.parameters());
        long start = System.nanoTime();
        List<EpochMetrics> history = RbmExperiments.linearOnFeatures(backend, data, stack, EPOCHS, seed);
        tell(name + ": softmax on features, test accuracy %", expected, low, ANY, percent(history.getLast()), seconds(start));
        return stack;
    }

    /** Sigmoid network from the binary machine against the same network from random weights. */
    public void binaryFineTuning(RbmStack stack) throws IOException {
        long start = System.nanoTime();
        List<EpochMetrics> tuned = RbmExperiments.fineTune(backend, data, stack, SIGMOID, seed);
        List<EpochMetrics> scratch = RbmExperiments.fromScratch(backend, data, stack, SIGMOID, seed);
        tell("sigmoid 784-500-10 pre-trained, test accuracy %", "98.15, at least 97.8", 97.8, ANY, percent(tuned.getLast()),
                seconds(start));
        tell("sigmoid 784-500-10 from scratch, test accuracy %", "97.8", 0, ANY, percent(scratch.getLast()), 0);
        double least = ANY;
        for (int epoch = 0; epoch < 5; epoch++) {
            least = Math.min(least, percent(tuned.get(epoch)) - percent(scratch.get(epoch)));
        }
        tell("least lead of pre-trained in epochs 1 to 5, points", "never behind", 0, ANY, least, 0);
    }

    /** Rectifier network from the machine of noisy rectified units against the same from random weights: with all labels no gain. */
    public void nreluFineTuning(RbmStack stack) throws IOException {
        long start = System.nanoTime();
        List<EpochMetrics> tuned = RbmExperiments.fineTune(backend, data, stack, RELU, seed);
        List<EpochMetrics> scratch = RbmExperiments.fromScratch(backend, data, stack, RELU, seed);
        tell("relu 784-500-10 pre-trained, test accuracy %", "98.0", 97.5, ANY, percent(tuned.getLast()), seconds(start));
        tell("relu 784-500-10 from scratch, test accuracy %", "98.2 (with all labels no gain)", 97.5, ANY, percent(scratch.getLast()), 0);
    }

    /** Five times another 600 labels: mean test accuracy with and without pre-training on the unlabelled set, and the least lead. */
    public void fewLabels(RbmStack stack) throws IOException {
        long start = System.nanoTime();
        double tuned = 0;
        double scratch = 0;
        double least = ANY;
        for (int k = 0; k < DRAWS; k++) {
            Split few = RbmExperiments.labelled(data, FEW, k, PASSES);
            double with = percent(RbmExperiments.fineTune(backend, few, stack, RELU_FEW, seed + k).getLast());
            double without = percent(RbmExperiments.fromScratch(backend, few, stack, RELU_FEW, seed + k).getLast());
            tuned += with / DRAWS;
            scratch += without / DRAWS;
            least = Math.min(least, with - without);
        }
        tell("relu, 1 % of the labels, from scratch, test accuracy %", "any", 0, ANY, scratch, seconds(start));
        tell("relu, 1 % of the labels, pre-trained, test accuracy %", "above scratch", Math.nextUp(scratch), ANY, tuned, 0);
        tell("relu, 1 % of the labels, least lead of five draws, points", "any", -ANY, ANY, least, 0);
    }

    private void tell(String name, String expected, double low, double high, double measured, double seconds) {
        sink.accept(new RbmCheck(name, expected, low, high, measured, seconds));
    }

    private static double percent(EpochMetrics metrics) {
        return 100 * metrics.testTop1();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }
}
