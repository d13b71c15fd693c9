package dev.lamina.inspect.learned;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network to look into. Immutable; thread-safe as long as nobody writes to the weights.
 *
 * @param model maps images to logits
 * @param statistics by which pixels/255 are normalised before they reach the model
 * @param weights its parameters and buffers by name; more are no harm
 */
public record Learned(Model model, ChannelStatistics statistics, Map<String, Tensor> weights) {
    private static final double HIGHEST = 255;
    private static final double MID_GREY = 128;

    /**
     * Checks that the weights are complete and the samples are images.
     *
     * @throws IllegalArgumentException if they are not
     */
    public Learned {
        weights = Map.copyOf(weights);
        Shape input = model.inputShape();
        if (statistics.absent() || statistics.mean().size() != input.dim(0)) {
            throw new IllegalArgumentException("inspect: model \"" + model.name() + "\" takes " + input + ", the channel statistics are of "
                    + statistics.mean().size() + " channels; needs images [C, H, W] with as many.");
        }
        for (Parameters.Entry entry : model.parameters().entries()) {
            Tensor tensor = weights.get(entry.name());
            if (tensor == null || tensor.dtype() != entry.type().dtype() || !tensor.shape().equals(entry.type().shape())) {
                throw new IllegalArgumentException("inspect: weight \"" + entry.name() + "\" is " + (tensor == null ? "missing"
                        : tensor.dtype() + " " + tensor.shape()) + ", model \"" + model.name() + "\" needs " + entry.type()
                        + ". Is this another model?");
            }
        }
    }

    /**
     * The same network with random weights, drawn as the model's initial values are, by a key of their own: a run of the same seed did not
     * start from them. Weights out of a file, which have no initial values, are drawn by what reads them: filters by He normal, matrices
     * normal with variance 2 / (terms of the sum), biases 0, batch normalisation as new; what anything else reads stays as it is.
     */
    public Learned reinitialised(long seed) {
        return new Learned(model, statistics, Reinitialised.weights(this, InspectStreams.key(seed, InspectStreams.WEIGHTS)));
    }

    /**
     * The grey that covers pixels, by channel, 0 to 255: the mean of the samples that the network learned from; mid-grey where only zeros
     * are known, as of files that take pixels as they are.
     */
    public double[] grey() {
        boolean known = statistics.mean().stream().anyMatch(m -> m != 0);
        return statistics.mean().stream().mapToDouble(m -> known ? HIGHEST * m : MID_GREY).toArray();
    }

    /**
     * What the model sees of pixels: {@code (p / 255 - mean) / std} by channel; a channel without variation is only shifted.
     *
     * @param pixels {@code [N, C, H, W]}, 0 to 255
     * @return float32 of the same shape
     */
    public Tensor normalised(Tensor pixels) {
        double[] scale = scale();
        double[] shift = shift();
        double[] values = pixels.toDoubles();
        int plane = Math.toIntExact(pixels.shape().dim(2) * pixels.shape().dim(3));
        for (int i = 0; i < values.length; i++) {
            int channel = i / plane % scale.length;
            values[i] = values[i] * scale[channel] + shift[channel];
        }
        return Tensor.of(DType.FLOAT32, values, pixels.shape().toArray());
    }

    /** By what a pixel is multiplied, by channel. */
    double[] scale() {
        double[] scale = new double[statistics.std().size()];
        for (int c = 0; c < scale.length; c++) {
            scale[c] = 1 / (HIGHEST * deviation(c));
        }
        return scale;
    }

    /** What is added then. */
    double[] shift() {
        double[] shift = new double[statistics.std().size()];
        for (int c = 0; c < shift.length; c++) {
            shift[c] = -statistics.mean().get(c) / deviation(c);
        }
        return shift;
    }

    private double deviation(int channel) {
        double std = statistics.std().get(channel);
        return std > 0 ? std : 1;
    }

    /** The layers whose results are maps. */
    public ImageLayers layers() {
        return ImageLayers.of(this);
    }

    /** The parameters that a convolution's filters are, by the layer's name; without those that are computed. */
    public Map<String, Tensor> filters() {
        Map<String, Tensor> filters = new LinkedHashMap<>();
        LearnedGraph graph = new LearnedGraph(this, 1);
        List<LearnedGraph.Filter> found = graph.filters();
        found.forEach(f -> filters.put(f.layer(), weights.get(f.parameter())));
        return filters;
    }
}
