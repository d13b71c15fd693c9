package dev.lamina.rbm;

import dev.lamina.backend.Backend;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Machines one on the other: the hidden means of one are the data of the next. Immutable as long as nobody writes to the tensors.
 *
 * @param image {@code [C, H, W]} of a sample of the first machine
 * @param input how its samples were standardised, empty for pixels/255
 * @param layers first machine first, at least one
 */
public record RbmStack(Shape image, Optional<Standardization> input, List<RbmParameters> layers) {
    /** Checks that the sizes fit. */
    public RbmStack {
        layers = List.copyOf(layers);
        Ranges.require(!layers.isEmpty(), "stack: no machines, needs at least one.");
        Rbm first = layers.getFirst().rbm();
        Ranges.require(image.rank() == 3 && image.elements() == first.visible(), "stack: images are %s, layer 1 has %s visible units "
                + "(must be as many as pixels).", image, first.visible());
        Ranges.require(input.isEmpty() || input.get().mean().elements() == first.visible(),
                "stack: the standardisation is of another number of pixels than layer 1 has visible units.");
        for (int i = 1; i < layers.size(); i++) {
            int below = layers.get(i - 1).rbm().hidden();
            int here = layers.get(i).rbm().visible();
            Ranges.require(below == here, "stack: layer %s has %s hidden units, layer %s has %s visible units (must be equal).", i, below,
                    i + 1, here);
        }
    }

    /** One machine on pixels/255. */
    public static RbmStack of(Shape image, RbmParameters machine) {
        return new RbmStack(image, Optional.empty(), List.of(machine));
    }

    /** This stack with one more machine on top. */
    public RbmStack with(RbmParameters machine) {
        List<RbmParameters> more = new ArrayList<>(layers);
        more.add(machine);
        return new RbmStack(image, input, more);
    }

    /** What the first machine sees of a data set of pixels. */
    public Dataset visible(Dataset pixels) {
        return input.isEmpty() || pixels.sampleType() != DType.UINT8 ? pixels : input.get().apply(pixels);
    }

    /** Hidden means of the topmost machine for a data set of pixels, with its labels: the data of one more machine, or features. */
    public Dataset features(Backend backend, Dataset pixels) {
        Dataset data = visible(pixels);
        for (RbmParameters machine : layers) {
            try (RbmInference inference = RbmInference.of(backend, machine)) {
                data = inference.features(data);
            }
        }
        return data;
    }

    /**
     * Visible means of the first machine for hidden values of the topmost, through the means of all between.
     *
     * @param hidden {@code [N, H]} of the topmost machine
     */
    public Tensor down(Backend backend, Tensor hidden) {
        Tensor values = hidden;
        for (RbmParameters machine : layers.reversed()) {
            try (RbmInference inference = RbmInference.of(backend, machine)) {
                values = inference.visible(values);
            }
        }
        return values;
    }

    /**
     * The stack as a network, to be trained as a whole by {@link dev.lamina.train.Trainer}: weights and hidden biases are copied into
     * linear layers {@code fc1, fc2, ...} with sigmoid or rectifier, a last linear layer starts at zero.
     *
     * @param statistics of the samples by which the trainer normalises, {@code ChannelStatistics.of(train)}
     */
    public Model toMlp(String name, int classes, ChannelStatistics statistics) {
        List<Layer> parts = start(statistics);
        for (int i = 0; i < layers.size(); i++) {
            parts.addAll(pretrained(i));
        }
        return end(name, classes, parts, Initializer.zeros());
    }

    /** A linear softmax model, starting at zero, on the topmost machine's hidden means; the machines stay as they are. */
    public Model toFeatureModel(String name, int classes, ChannelStatistics statistics) {
        List<Layer> parts = start(statistics);
        for (int i = 0; i < layers.size(); i++) {
            parts.add(Layers.frozen(Sequential.of(pretrained(i).toArray(Layer[]::new))));
        }
        return end(name, classes, parts, Initializer.zeros());
    }

    /** A network of the same layers and units on the same input that starts at random: what pre-training is to be compared with. */
    public Model untrained(String name, int classes, ChannelStatistics statistics, Initializer weights) {
        List<Layer> parts = start(statistics);
        for (int i = 0; i < layers.size(); i++) {
            Rbm rbm = layers.get(i).rbm();
            parts.add(Layers.linear("fc" + (i + 1), rbm.hidden(), true, weights, Initializer.zeros()));
            parts.add(Layers.activation(rbm.hiddenUnit().activation()));
        }
        return end(name, classes, parts, weights);
    }

    private List<Layer> start(ChannelStatistics statistics) {
        Layer visible = input.map(s -> VisibleInput.standardized(image, statistics, s))
                .orElseGet(() -> VisibleInput.pixels(image, statistics));
        return new ArrayList<>(List.of(visible, Layers.flatten()));
    }

    private List<Layer> pretrained(int i) {
        RbmParameters machine = layers.get(i);
        Tensor weight = machine.weight().transpose(1, 0).contiguous();
        return List.of(Layers.linear("fc" + (i + 1), machine.rbm().hidden(), true, Initializer.given(weight),
                Initializer.given(machine.hiddenBias())), Layers.activation(machine.rbm().hiddenUnit().activation()));
    }

    private Model end(String name, int classes, List<Layer> parts, Initializer weights) {
        parts.add(Layers.linear("fc" + (layers.size() + 1), classes, true, weights, Initializer.zeros()));
        return new Model(name, image, classes, new Sequential(parts));
    }
}
