package dev.lamina.inspect.learned;

import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much each pixel changes the logit of a class (Simonyan, Vedaldi and Zisserman 2013): the largest magnitude over the channels of the
 * gradient by what the model sees. Of the logit, not of the probability, which would mix in all other classes. Stateless; one thread at a
 * time a network.
 */
public final class Saliency {
    /** Noisy copies of an image. */
    public static final int SAMPLES = 25;
    /** Deviation of the noise as a share of the image's range. */
    public static final double NOISE = 0.15;

    private Saliency() { }

    /**
     * {@code max_c |∂z_k/∂x|}.
     *
     * @param pixels {@code [N, C, H, W]}, 0 to 255
     * @param classes k of each image
     * @return float32 {@code [N, H, W]}
     */
    public static Tensor plain(Loaded loaded, Tensor pixels, List<Integer> classes) {
        return overChannels(Signals.ofLogits(loaded, ReluRule.GRADIENT, pixels, classes));
    }

    /** {@code max_c |x ∂z_k/∂x|} with x as the model sees it; as {@link #plain} else. */
    public static Tensor inputTimesGradient(Loaded loaded, Tensor pixels, List<Integer> classes) {
        double[] gradient = Signals.ofLogits(loaded, ReluRule.GRADIENT, pixels, classes).toDoubles();
        double[] x = loaded.network().normalised(pixels).toDoubles();
        for (int i = 0; i < x.length; i++) {
            x[i] *= gradient[i];
        }
        return overChannels(Tensor.of(DType.FLOAT32, x, pixels.shape().toArray()));
    }

    /**
     * SmoothGrad (Smilkov et al. 2017): {@link #plain} of the mean gradient of {@value #SAMPLES} copies of an image with normal noise. Its
     * deviation is {@value #NOISE} of the image's range, largest less smallest pixel. The noise of copy s of image i is the Philox stream
     * {@code (step = s, stream = i)} under a key of its own, so it does not depend on the batch.
     *
     * @param first number of the first image, which picks its noise
     */
    public static Tensor smooth(Loaded loaded, Tensor pixels, List<Integer> classes, long seed, int first) {
        Shape shape = pixels.shape();
        Tensor means = Tensor.zeros(DType.FLOAT32, shape);
        for (int i = 0; i < shape.dim(0); i++) {
            Tensor noisy = noisy(pixels.select(0, i), InspectStreams.key(seed, InspectStreams.NOISE), first + i);
            double[] gradients = Signals.ofLogits(loaded, ReluRule.GRADIENT, noisy, Collections.nCopies(SAMPLES, classes.get(i)))
                    .toDoubles();
            int size = gradients.length / SAMPLES;
            double[] mean = IntStream.range(0, size).mapToDouble(j -> IntStream.range(0, SAMPLES).mapToDouble(s -> gradients[s * size + j])
                    .sum() / SAMPLES).toArray();
            means.select(0, i).copyFrom(Tensor.of(DType.FLOAT32, mean, shape.dim(1), shape.dim(2), shape.dim(3)));
        }
        return overChannels(means);
    }

    private static Tensor noisy(Tensor image, long key, int number) {
        double[] values = image.toDoubles();
        double range = IntStream.range(0, values.length).mapToDouble(i -> values[i]).max().orElse(0)
                - IntStream.range(0, values.length).mapToDouble(i -> values[i]).min().orElse(0);
        double[] all = new double[SAMPLES * values.length];
        for (int s = 0; s < SAMPLES; s++) {
            Philox.Stream random = new Philox.Stream(key, s, number);
            for (int i = 0; i < values.length; i++) {
                all[s * values.length + i] = values[i] + NOISE * range * random.nextNormal();
            }
        }
        Shape shape = image.shape();
        return Tensor.of(DType.FLOAT32, all, SAMPLES, shape.dim(0), shape.dim(1), shape.dim(2));
    }

    /** The largest magnitude over the channels, {@code [N, C, H, W]} to {@code [N, H, W]}. */
    static Tensor overChannels(Tensor signal) {
        Shape shape = signal.shape();
        double[] values = signal.toDoubles();
        int plane = Math.toIntExact(shape.dim(2) * shape.dim(3));
        int channels = Math.toIntExact(shape.dim(1));
        double[] most = new double[Math.toIntExact(shape.dim(0)) * plane];
        for (int i = 0; i < values.length; i++) {
            int at = i / (channels * plane) * plane + i % plane;
            most[at] = Math.max(most[at], Math.abs(values[i]));
        }
        return Tensor.of(DType.FLOAT32, most, shape.dim(0), shape.dim(2), shape.dim(3));
    }
}
