package dev.lamina.features;

import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;

/** What featurisers of images share. Stateless. */
public final class Images {
    /** Weights of R, G and B in grey (ITU-R BT.601). */
    private static final double[] GREY = {0.299, 0.587, 0.114};

    private Images() { }

    /**
     * The shape, if it is an image's.
     *
     * @throws IllegalArgumentException if it is not {@code [C, H, W]}
     */
    public static Shape require(String kind, Shape shape) {
        if (shape.rank() != 3 || shape.elements() == 0) {
            throw new IllegalArgumentException(kind + ": samples have shape " + shape + ", needs images [C, H, W].");
        }
        return shape;
    }

    /**
     * One channel: {@code 0.299 R + 0.587 G + 0.114 B} of three, the mean of any other number.
     *
     * @param x {@code [N, C, H, W]}
     * @return {@code [N, 1, H, W]}
     */
    public static Value grey(Value x) {
        int channels = (int) x.shape().dim(1);
        if (channels == 1) {
            return x;
        }
        Value sum = null;
        for (int c = 0; c < channels; c++) {
            Value part = Shaping.slice(x, 1, c, c + 1).times(channels == 3 ? GREY[c] : 1.0 / channels);
            sum = sum == null ? part : sum.plus(part);
        }
        return sum;
    }
}
