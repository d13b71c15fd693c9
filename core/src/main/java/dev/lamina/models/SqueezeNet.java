package dev.lamina.models;

import dev.lamina.graph.Rounding;
import dev.lamina.graph.Window;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * SqueezeNet 1.1 (Iandola et al. 2016, and the authors' later release): eight fire modules, each a 1x1 convolution to few maps whose result
 * goes through 1x1 and 3x3 filters side by side; pooling windows may hang over the end. The last convolution starts normal with deviation
 * 0.01, the others as {@link Initializer#heNormal}, biases as 0.
 */
final class SqueezeNet {
    static final List<ModelChoice> CHOICES = List.of(ModelChoice.width(), ModelChoice.dropout("0.5"));

    private static final int FIRST_FIRE = 2;
    private static final int[] SQUEEZED = {16, 16, 32, 32, 48, 48, 64, 64};
    private static final int EXPANSION = 4;

    private SqueezeNet() { }

    static Layer of(int classes, Chosen chosen) {
        List<Layer> layers = new ArrayList<>(List.of(conv("conv1", chosen.wide(64), Window.of(3).stride(2), Initializer.heNormal()),
                Layers.relu(), pool("pool1")));
        for (int i = 0; i < SQUEEZED.length; i++) {
            int number = FIRST_FIRE + i;
            layers.add(Layers.scope("fire" + number, fire(chosen, SQUEEZED[i])));
            if (number == 3 || number == 5) {
                layers.add(pool("pool" + number));
            }
        }
        layers.addAll(List.of(Layers.dropout("drop9", chosen.dropout()),
                conv("conv10", classes, Window.of(1), Initializer.normal(0, 0.01)), Layers.relu(), Layers.globalAvgPool(),
                Layers.flatten()));
        return new Sequential(layers);
    }

    private static Layer fire(Chosen chosen, long squeezed) {
        long expanded = chosen.wide(EXPANSION * squeezed);
        return Sequential.of(conv("squeeze", chosen.wide(squeezed), Window.of(1), Initializer.heNormal()), Layers.relu(),
                Layers.concat(
                        Sequential.of(conv("expand1x1", expanded, Window.of(1), Initializer.heNormal()), Layers.relu()),
                        Sequential.of(conv("expand3x3", expanded, Window.of(3).padding(1), Initializer.heNormal()), Layers.relu())));
    }

    private static Layer conv(String name, long out, Window window, Initializer weights) {
        return Layers.conv2d(name, out, window, ConvOptions.defaults().init(weights, Initializer.zeros()));
    }

    private static Layer pool(String name) {
        return Layers.maxPool(name, Window.of(3).stride(2).rounding(Rounding.CEIL));
    }
}
