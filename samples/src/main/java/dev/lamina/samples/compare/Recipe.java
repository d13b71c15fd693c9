package dev.lamina.samples.compare;

import dev.lamina.optim.Schedule;
import dev.lamina.optim.Sgd;
import dev.lamina.train.VectorOptions;
import java.util.Locale;

/**
 * How a head is trained. Vectors have the training mean taken away and are multiplied by one number, the same for all features, so that
 * their mean square is {@link #length}. All linear models share one recipe, whatever the featuriser; batch, optimizer and schedule are
 * those of all.
 *
 * <p>These constants are fixed. They were chosen by held-out training samples, never by test data: rates of 0.5, 2 and 8 for the linear
 * model and 0.01 and 0.03 for the networks after training on the first 20,000 samples of MNIST, judged by the last 10,000; decays of 0.1
 * and 1 after training on 3,000 samples of CIFAR-10, judged by 1,000 others.
 *
 * @param length the vectors' mean squared length; 0 stands for the number of features, that is a mean square of 1 each
 * @param rate first learning rate, falling to 0 by a cosine
 * @param decay weight decay times the number of training samples, so that few samples are regularised more
 */
public record Recipe(double length, double rate, double decay) {
    /** Vectors in a step. */
    public static final int BATCH = 100;
    /** Of the linear model on every featuriser. */
    static final Recipe LINEAR = new Recipe(1, 8, 0.1);
    /** Of the mlp. */
    static final Recipe MLP = new Recipe(0, 0.03, 2);
    /** Of the cnn. */
    static final Recipe CNN = new Recipe(0, 0.01, 2);

    private static final double MOMENTUM = 0.9;

    /** Options for so many epochs over so many samples. */
    VectorOptions options(int epochs, int samples, long seed) {
        long steps = Math.ceilDiv(samples, BATCH);
        return VectorOptions.of(BATCH, Sgd.momentum(MOMENTUM).withWeightDecay(decay / samples), rate, seed)
                .withSchedule(Schedule.parse("cosine", rate, steps * epochs, steps));
    }

    /** What all recipes have in common. */
    public static String common(int epochs) {
        return "momentum " + MOMENTUM + ", cosine, batch " + BATCH + ", " + epochs + " epochs; vectors centred";
    }

    /** What is particular to this one, for so many samples. */
    public String text(int samples) {
        return String.format(Locale.ROOT, "mean square %s, rate %s, decay %.2g", length == 0 ? "1 a feature" : "length " + length, rate,
                decay / samples);
    }
}
