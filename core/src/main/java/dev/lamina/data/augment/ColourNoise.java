package dev.lamina.data.augment;

import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;

/**
 * Colour noise along the principal axes of the training pixels (Krizhevsky, Sutskever, Hinton 2012): to every pixel of an image the same
 * {@code Σ p_i α_i s_i} is added, {@code α_i} normal with mean 0, rounded to the nearest level and cut to 0..255.
 *
 * <p>{@code s_i} is the standard deviation along the axis, the root of the covariance's eigenvalue {@code λ_i}. The paper writes
 * {@code λ_i}; of pixels 0..255 that is some thousands, which would make every image black or white.
 *
 * @param deviation of α, 0.1 in the paper
 */
record ColourNoise(double deviation) implements Step {
    @Override
    public String text() {
        return "pca:" + StepText.plain(deviation);
    }

    @Override
    public void check(Shape sample, long shortest) {
        if (sample.dim(0) != 3) {
            throw new IllegalArgumentException("augment \"" + text() + "\": colour axes need 3 channels, samples have " + sample.dim(0)
                    + ". Leave pca out.");
        }
    }

    @Override
    public Image apply(Image image, Philox.Stream random, Target target) {
        double[] shift = shift(random, target.axes());
        byte[] in = image.pixels();
        byte[] out = new byte[in.length];
        int plane = in.length / 3;
        for (int c = 0; c < 3; c++) {
            for (int i = c * plane; i < (c + 1) * plane; i++) {
                out[i] = (byte) (int) Math.clamp(Math.floor((in[i] & 0xff) + shift[c] + 0.5), 0, 255);
            }
        }
        return new Image(3, image.height(), image.width(), out);
    }

    /** What is added to red, green and blue. */
    double[] shift(Philox.Stream random, ColourAxes axes) {
        double[] shift = new double[3];
        for (int i = 0; i < 3; i++) {
            double alpha = deviation * random.nextNormal() * Math.sqrt(axes.variances().get(i));
            for (int c = 0; c < 3; c++) {
                shift[c] += alpha * axes.axes().get(i).get(c);
            }
        }
        return shift;
    }
}
