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
 * Network in Network (Lin, Chen and Yan 2013): each convolution is followed by two 1x1 ones, a small perceptron at each place; the last
 * has one map a class, whose mean is the logit. Max pooling 3/2, whose windows may hang over the end. The form for images of 32 pixels has
 * three such blocks and dropout after the first two, the form for 224 four, with dropout before the last. Filters start as
 * {@link Initializer#heNormal}, biases as 0, which the paper leaves open.
 */
final class Nin {
    static final List<ModelChoice> CHOICES = List.of(ModelChoice.width(), ModelChoice.dropout("0.5"));

    private static final Window POOL = Window.of(3).stride(2).rounding(Rounding.CEIL);

    private final List<Layer> layers = new ArrayList<>();
    private final Chosen chosen;
    private int block;
    private int perceptrons;

    private Nin(Chosen chosen) {
        this.chosen = chosen;
    }

    /** The form for images of 32 pixels. */
    static Layer small(int classes, Chosen chosen) {
        Nin nin = new Nin(chosen);
        nin.block(Window.of(5).padding(2), chosen.wide(192), chosen.wide(160), chosen.wide(96)).pool().drop();
        nin.block(Window.of(5).padding(2), chosen.wide(192), chosen.wide(192), chosen.wide(192)).pool().drop();
        nin.block(Window.of(3).padding(1), chosen.wide(192), chosen.wide(192), classes);
        return nin.means();
    }

    /** The form for images of 224 pixels. */
    static Layer large(int classes, Chosen chosen) {
        Nin nin = new Nin(chosen);
        nin.block(Window.of(11).stride(4), chosen.wide(96), chosen.wide(96), chosen.wide(96)).pool();
        nin.block(Window.of(5).padding(2), chosen.wide(256), chosen.wide(256), chosen.wide(256)).pool();
        nin.block(Window.of(3).padding(1), chosen.wide(384), chosen.wide(384), chosen.wide(384)).pool().drop();
        nin.block(Window.of(3).padding(1), chosen.wide(1024), chosen.wide(1024), classes);
        return nin.means();
    }

    private Nin block(Window window, long first, long second, long third) {
        block++;
        conv("conv" + block, first, window);
        conv("cccp" + ++perceptrons, second, Window.of(1));
        conv("cccp" + ++perceptrons, third, Window.of(1));
        return this;
    }

    private void conv(String name, long out, Window window) {
        layers.add(Layers.conv2d(name, out, window, ConvOptions.defaults().init(Initializer.heNormal(), Initializer.zeros())));
        layers.add(Layers.relu());
    }

    private Nin pool() {
        layers.add(Layers.maxPool("pool" + block, POOL));
        return this;
    }

    private void drop() {
        layers.add(Layers.dropout("drop" + block, chosen.dropout()));
    }

    private Layer means() {
        layers.addAll(List.of(Layers.globalAvgPool(), Layers.flatten()));
        return new Sequential(layers);
    }
}
