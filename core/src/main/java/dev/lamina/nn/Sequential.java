package dev.lamina.nn;

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
     * @param hidden widths of the hidden layers, maybe none
     * @param classes outputs
     * @param activation its name, {@link Layers#activation}
     */
    public static Sequential mlp(long[] hidden, long classes, String activation) {
        return mlp(hidden, classes, activation, Initializer.layerDefault(), Initializer.layerDefault());
    }

    /** A multi-layer perceptron with its initial values. */
    public static Sequential mlp(long[] hidden, long classes, String activation, Initializer weightInit, Initializer biasInit) {
        List<Layer> layers = new ArrayList<>(List.of(Layers.flatten()));
        for (int i = 0; i < hidden.length; i++) {
            layers.add(Layers.linear("fc" + (i + 1), hidden[i], true, weightInit, biasInit));
            layers.add(Layers.activation(activation));
        }
        layers.add(Layers.linear("fc" + (hidden.length + 1), classes, true, weightInit, biasInit));
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
