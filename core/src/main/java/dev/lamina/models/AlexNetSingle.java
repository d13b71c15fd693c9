package dev.lamina.models;

import dev.lamina.graph.Window;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import java.util.List;

/**
 * AlexNet with one tower and no normalisation, as torchvision has it (Krizhevsky 2014, "One weird trick"): fewer filters, images padded by
 * 2. Weights start as {@link Initializer#heNormal}, biases as 0, which the paper leaves open. Made for images of 224 pixels; others give
 * fc6 another number of inputs, where torchvision pools to 6x6.
 */
final class AlexNetSingle {
    static final List<ModelChoice> CHOICES = List.of(ModelChoice.width(), ModelChoice.dropout("0.5"));

    private AlexNetSingle() { }

    static Layer of(int classes, Chosen chosen) {
        double dropout = chosen.dropout();
        return Sequential.of(
                conv("conv1", chosen.wide(64), Window.of(11).stride(4).padding(2)), Layers.relu(), pool("pool1"),
                conv("conv2", chosen.wide(192), Window.of(5).padding(2)), Layers.relu(), pool("pool2"),
                conv("conv3", chosen.wide(384), Window.of(3).padding(1)), Layers.relu(),
                conv("conv4", chosen.wide(256), Window.of(3).padding(1)), Layers.relu(),
                conv("conv5", chosen.wide(256), Window.of(3).padding(1)), Layers.relu(), pool("pool5"),
                Layers.flatten(), Layers.dropout("drop5", dropout),
                linear("fc6", chosen.wide(4096)), Layers.relu(), Layers.dropout("drop6", dropout),
                linear("fc7", chosen.wide(4096)), Layers.relu(),
                linear("fc8", classes));
    }

    private static Layer conv(String name, long out, Window window) {
        return Layers.conv2d(name, out, window, ConvOptions.defaults().init(Initializer.heNormal(), Initializer.zeros()));
    }

    private static Layer linear(String name, long out) {
        return Layers.linear(name, out, true, Initializer.heNormal(), Initializer.zeros());
    }

    private static Layer pool(String name) {
        return Layers.maxPool(name, Window.of(3).stride(2));
    }
}
