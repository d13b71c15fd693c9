package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * Pixels with two more planes that hold where they are: {@code x / (W-1)} and {@code y / (H-1)}, so {@code (C+2) H W} numbers.
 *
 * <p>In a whole-image vector these planes are the same for every image and act as a bias: a linear model gains nothing from them. They
 * carry information a pixel or a patch: {@link #asPixelSet} gives {@code [N, H W, C+2]} for k-means and visual words.
 */
public record RawPixelsXY() implements Featurizer {
    @Override
    public String kind() {
        return "rawxy";
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    @Override
    public Fitted fit(Backend backend, Samples samples, FitListener listener) {
        return restore(samples.sampleShape(), Map.of());
    }

    @Override
    public Fitted restore(Shape sampleShape, Map<String, Tensor> tensors) {
        return new FittedPixelsXY(this, Images.require(kind(), sampleShape));
    }

    /**
     * Each image as a set of pixels with their places.
     *
     * @return float32 {@code [N, H W, C+2]}, pixels row by row: the channels (r, g, b), then x and y
     */
    public static Tensor asPixelSet(Backend backend, Samples samples) {
        Shape shape = Images.require("rawxy", samples.sampleShape());
        long channels = shape.dim(0) + 2;
        long pixels = shape.dim(1) * shape.dim(2);
        Tensor result = Tensor.zeros(DType.FLOAT32, Shape.of(samples.size(), pixels, channels));
        new Pass(backend, samples, "pixels", FitListener.NONE).run((graph, x) -> graph.output("set", Shaping.transpose(
                Shaping.reshape(withPlaces(x), Shape.of(graph.batch(), channels, pixels)), 0, 2, 1)), (first, done) ->
                done.read("set", result.slice(0, first, first + done.graph().output("set").shape().dim(0))));
        return result;
    }

    private static Value withPlaces(Value x) {
        long n = x.shape().dim(0);
        int h = (int) x.shape().dim(2);
        int w = (int) x.shape().dim(3);
        float[] places = new float[2 * h * w];
        for (int y = 0; y < h; y++) {
            for (int column = 0; column < w; column++) {
                places[y * w + column] = w == 1 ? 0 : (float) column / (w - 1);
                places[(h + y) * w + column] = h == 1 ? 0 : (float) y / (h - 1);
            }
        }
        Value planes = Source.constant(x.graph(), Tensor.of(places, 1, 2, h, w));
        return Shaping.concat(1, x, Shaping.broadcastTo(planes, Shape.of(n, 2, h, w)));
    }

    private record FittedPixelsXY(RawPixelsXY featurizer, Shape sampleShape) implements Fitted {
        @Override
        public long outputSize() {
            return (sampleShape.dim(0) + 2) * sampleShape.dim(1) * sampleShape.dim(2);
        }

        @Override
        public Map<String, Tensor> tensors() {
            return Map.of();
        }

        @Override
        public Value apply(FeatureGraph graph, Value x) {
            return Shaping.flatten(withPlaces(x));
        }
    }
}
