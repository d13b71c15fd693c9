package dev.lamina.samples.demo;

import dev.lamina.data.Split;
import dev.lamina.data.Vectors;

/**
 * Training and test vectors.
 *
 * @param train to learn from
 * @param test to judge by
 */
public record Samples(Vectors train, Vectors test) {
    /** Pixels divided by 255. */
    public static Samples pixels(Split split) {
        return new Samples(Vectors.pixels(split.train()), Vectors.pixels(split.test()));
    }

    /** The same with the training mean taken away from both. */
    public Samples centred() {
        double[] mean = train.mean();
        return new Samples(train.minus(mean), test.minus(mean));
    }
}
