package dev.lamina.nn;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers one after the other; itself a layer, so it nests. */
public record Sequential(List<Layer> layers) implements Layer {
    /** Copies the list. */
    public Sequential {
        layers = List.copyOf(layers);
    }

    /** These layers one after the other. */
    public static Sequential of(Layer... layers) {
        return new Sequential(Arrays.asList(layers));
    }

    /**
     * A multi-layer perceptron: flattens, then linear layers {@code fc1, fc2, ...} with an activation after each but the last.
     *
     * <p>Hidden layers start with the weights that keep the variance of their activation, {@link Initializer#forActivation}: He for
     * rectifiers, Xavier else. The last layer, which no activation follows, starts with Xavier's; all biases start at 0.
     *
     * @param hidden widths of the hidden layers, maybe none
     * @param classes outputs
     * @param activation its name, {@link Layers#activation}
     */
    public static Sequential mlp(long[] hidden, long classes, String activation) {
        return mlp(hidden, classes, activation, Initializer.forActivation(activation), Initializer.xavierNormal(), Initializer.zeros());
    }

    /**
     * A multi-layer perceptron that takes exactly {@code in} features.
     *
     * @param in features of a sample, {@code C H W} of an image
     * @throws GraphException when it is applied to another number of features, or {@code in < 1}
     */
    public static Sequential mlp(long in, long[] hidden, long out, String activation) {
        if (in < 1) {
            throw new GraphException("mlp: in = " + in + ", needs >= 1.");
        }
        List<Layer> layers = new ArrayList<>(mlp(hidden, out, activation).layers);
        layers.add(1, new SimpleLayer("features", true, (context, x) -> {
            if (x.shape().dim(1) != in) {
                throw new GraphException("mlp \"" + context.qualified("fc1") + "\": input has " + x.shape().dim(1)
                        + " features, needs in = " + in + ".");
            }
            return x;
        }));
        return new Sequential(layers);
    }

    /** A multi-layer perceptron whose layers all start alike. */
    public static Sequential mlp(long[] hidden, long classes, String activation, Initializer weightInit, Initializer biasInit) {
        return mlp(hidden, classes, activation, weightInit, weightInit, biasInit);
    }

    private static Sequential mlp(long[] hidden, long classes, String activation, Initializer hiddenInit, Initializer lastInit,
            Initializer biasInit) {
        List<Layer> layers = new ArrayList<>(List.of(Layers.flatten()));
        for (int i = 0; i < hidden.length; i++) {
            layers.add(Layers.linear("fc" + (i + 1), hidden[i], true, hiddenInit, biasInit));
            layers.add(Layers.activation(activation));
        }
        layers.add(Layers.linear("fc" + (hidden.length + 1), classes, true, lastInit, biasInit));
        return new Sequential(layers);
    }

    @Override
    public Value apply(Context context, Value x) {
        Value value = x;
        for (Layer layer : layers) {
            value = layer.apply(context, value);
        }
        return value;
    }
}
