package dev.lamina.rbm;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Layer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/**
 * Turns the trainer's samples, pixels/255 normalised by channel, back into what a machine was trained on, so that its weights fit:
 * {@code v = x scale + shift} for every pixel by itself. No parameters. Immutable.
 *
 * @param scale float32 {@code [1, C, H, W]}
 * @param shift float32 {@code [1, C, H, W]}
 */
public record VisibleInput(Tensor scale, Tensor shift) implements Layer {
    /** Pixels/255. */
    public static VisibleInput pixels(Shape image, ChannelStatistics statistics) {
        return of(image, statistics, null);
    }

    /** Pixels/255, standardised one by one. */
    public static VisibleInput standardized(Shape image, ChannelStatistics statistics, Standardization standardization) {
        return of(image, statistics, standardization);
    }

    private static VisibleInput of(Shape image, ChannelStatistics statistics, Standardization standardization) {
        Ranges.require(image.rank() == 3 && image.dim(0) == statistics.mean().size(), "visible input: image %s, the statistics are of %s "
                + "channels; needs [C, H, W] with as many.", image, statistics.mean().size());
        Ranges.require(standardization == null || standardization.mean().elements() == image.elements(),
                "visible input: image %s, the standardisation is of another number of pixels.", image);
        Shape shape = Shape.of(1, image.dim(0), image.dim(1), image.dim(2));
        int plane = Math.toIntExact(image.dim(1) * image.dim(2));
        double[] scale = new double[Math.toIntExact(image.elements())];
        double[] shift = new double[scale.length];
        for (int i = 0; i < scale.length; i++) {
            double std = statistics.std().get(i / plane) > 0 ? statistics.std().get(i / plane) : 1;
            double mean = statistics.mean().get(i / plane);
            double divisor = standardization == null ? 1 : standardization.deviation().get(i);
            scale[i] = std / divisor;
            shift[i] = (mean - (standardization == null ? 0 : standardization.mean().get(i))) / divisor;
        }
        return new VisibleInput(Tensor.of(DType.FLOAT32, scale, shape.toArray()), Tensor.of(DType.FLOAT32, shift, shape.toArray()));
    }

    @Override
    public Value apply(Context context, Value x) {
        return x.times(Source.constant(context.graph(), scale)).plus(Source.constant(context.graph(), shift));
    }
}
