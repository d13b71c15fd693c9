package dev.lamina.samples.reproduce;

import dev.lamina.data.Split;
import dev.lamina.rbm.HiddenUnit;
import dev.lamina.rbm.RbmResult;
import dev.lamina.rbm.RbmStack;
import dev.lamina.samples.rbm.RbmExperiments;
import dev.lamina.samples.rbm.RbmExperiments.Budget;
import dev.lamina.train.EpochMetrics;
import java.io.IOException;
import java.util.List;

/** Restricted Boltzmann machines on MNIST: 784-500, 10 epochs, and what networks gain that start from them. */
final class SectionFive {
    private static final int HIDDEN = 500;
    private static final int EPOCHS = 10;
    private static final long SEED = 1;
    /** All labels. */
    private static final Budget SIGMOID = new Budget(EPOCHS, RbmExperiments.BATCH, 0.1, 0.9);
    private static final Budget RELU = new Budget(EPOCHS, RbmExperiments.BATCH, 0.02, 0.9);
    /** 600 labels: 50 passes, ten an epoch; the rate was chosen on 5,000 other training samples. */
    private static final int FEW = 600;
    private static final int PASSES = 10;
    private static final int DRAWS = 5;
    private static final Budget RELU_FEW = new Budget(5, 20, 0.005, 0.9);

    private static final String MACHINE = "784-500, CD-1, defaults, batch 100, 10 epochs, seed 1";
    private static final String SOFTMAX = "linear softmax on the hidden means, sgd 0.1, batch 100, 10 epochs, seed 1";
    private static final String NETWORK = "784-500-10, momentum 0.9, batch 100, 10 epochs, seed 1, rate ";

    private SectionFive() { }

    static List<Row> rows() {
        return List.of(
                machine("binary machine, squared error of a training image, epoch 1", Band.about(17.7), 45,
                        l -> machine(l, HiddenUnit.BINARY).history().getFirst().error()),
                machine("binary machine, squared error of a training image, epoch 10", Band.atMost(7.5), 0,
                        l -> machine(l, HiddenUnit.BINARY).history().getLast().error()),
                machine("binary machine, mean-field error of a test image", Band.about(3.05), 0,
                        l -> machine(l, HiddenUnit.BINARY).history().getLast().heldOutError()),
                machine("binary machine, free energy train minus test", Band.between(-1, 1), 0,
                        l -> machine(l, HiddenUnit.BINARY).history().getLast().gap()),
                features("binary machine, softmax on features", Band.atLeast(94.8), HiddenUnit.BINARY),
                machine("NReLU machine, squared error of a training image, epoch 1", Band.about(23.1), 45,
                        l -> machine(l, HiddenUnit.NRELU).history().getFirst().error()),
                machine("NReLU machine, squared error of a training image, epoch 10", Band.atMost(7.5), 0,
                        l -> machine(l, HiddenUnit.NRELU).history().getLast().error()),
                features("NReLU machine, softmax on features", Band.about(95.7), HiddenUnit.NRELU),
                tuned("sigmoid network, pre-trained", HiddenUnit.BINARY, SIGMOID, Band.atLeast(97.8)),
                scratch("sigmoid network, from scratch", HiddenUnit.BINARY, SIGMOID, Band.about(97.8)),
                new Row(5, "sigmoid network, least lead of pre-trained, epochs 1 to 5", "points", NETWORK + SIGMOID.rate(), Band.atLeast(0),
                        0, SectionFive::leastLead),
                tuned("ReLU network, pre-trained", HiddenUnit.NRELU, RELU, Band.about(98.0)),
                scratch("ReLU network, from scratch (with all labels no gain)", HiddenUnit.NRELU, RELU, Band.about(98.2)),
                new Row(5, "ReLU network, 1 % of the labels, pre-trained less scratch", "points", "600 labels, five draws, mean; batch 20, "
                        + "50 passes, momentum 0.9, rate 0.005", new Band("> 0", x -> x > 0), 15, SectionFive::fewLabels));
    }

    private static Row machine(String name, Band band, double seconds, Row.Measure measure) {
        return new Row(5, name, "", MACHINE, band, seconds, measure);
    }

    private static Row features(String name, Band band, HiddenUnit unit) {
        return new Row(5, name, "%", SOFTMAX, band, 8, l -> percent(RbmExperiments.linearOnFeatures(l.backend(), l.split("mnist"),
                stack(l, unit), EPOCHS, SEED).getLast()));
    }

    private static Row tuned(String name, HiddenUnit unit, Budget budget, Band band) {
        return new Row(5, name, "%", NETWORK + budget.rate(), band, 15, l -> percent(tuned(l, unit, budget).getLast()));
    }

    private static Row scratch(String name, HiddenUnit unit, Budget budget, Band band) {
        return new Row(5, name, "%", NETWORK + budget.rate() + (unit == HiddenUnit.BINARY ? ", Glorot" : ", He"), band, 15,
                l -> percent(scratch(l, unit, budget).getLast()));
    }

    private static RbmResult machine(Laboratory laboratory, HiddenUnit unit) throws IOException {
        return laboratory.once("machine of " + unit, RbmResult.class, () -> RbmExperiments.pretrain(laboratory.backend(),
                laboratory.split("mnist"), unit, HIDDEN, EPOCHS, SEED, List.of()));
    }

    private static RbmStack stack(Laboratory laboratory, HiddenUnit unit) throws IOException {
        return RbmExperiments.stack(laboratory.split("mnist"), machine(laboratory, unit).parameters());
    }

    /** Epochs of a network that rows share. */
    private record Epochs(List<EpochMetrics> list) {
        EpochMetrics getLast() {
            return list.getLast();
        }
    }

    private static Epochs tuned(Laboratory laboratory, HiddenUnit unit, Budget budget) throws IOException {
        return laboratory.once("tuned from " + unit, Epochs.class, () -> new Epochs(RbmExperiments.fineTune(laboratory.backend(),
                laboratory.split("mnist"), stack(laboratory, unit), budget, SEED)));
    }

    private static Epochs scratch(Laboratory laboratory, HiddenUnit unit, Budget budget) throws IOException {
        return laboratory.once("scratch as " + unit, Epochs.class, () -> new Epochs(RbmExperiments.fromScratch(laboratory.backend(),
                laboratory.split("mnist"), stack(laboratory, unit), budget, SEED)));
    }

    private static double leastLead(Laboratory laboratory) throws IOException {
        List<EpochMetrics> tuned = tuned(laboratory, HiddenUnit.BINARY, SIGMOID).list();
        List<EpochMetrics> scratch = scratch(laboratory, HiddenUnit.BINARY, SIGMOID).list();
        double least = Double.POSITIVE_INFINITY;
        for (int epoch = 0; epoch < 5; epoch++) {
            least = Math.min(least, percent(tuned.get(epoch)) - percent(scratch.get(epoch)));
        }
        return least;
    }

    private static double fewLabels(Laboratory laboratory) throws IOException {
        Split mnist = laboratory.split("mnist");
        RbmStack stack = stack(laboratory, HiddenUnit.NRELU);
        double lead = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            Split few = RbmExperiments.labelled(mnist, FEW, draw, PASSES);
            double tuned = percent(RbmExperiments.fineTune(laboratory.backend(), few, stack, RELU_FEW, SEED + draw).getLast());
            double scratch = percent(RbmExperiments.fromScratch(laboratory.backend(), few, stack, RELU_FEW, SEED + draw).getLast());
            lead += (tuned - scratch) / DRAWS;
        }
        return lead;
    }

    private static double percent(EpochMetrics metrics) {
        return 100 * metrics.testTop1();
    }
}
