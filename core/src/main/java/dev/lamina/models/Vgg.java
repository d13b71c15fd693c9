package dev.lamina.models;

import dev.lamina.graph.Window;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * VGG-16 (Simonyan and Zisserman 2014, configuration D): thirteen 3x3 convolutions in five blocks, each halved by max pooling, then two
 * linear layers of 4,096 with dropout 0.5 and one of classes. Weights start as {@link Initializer#heNormal}, biases as 0. Made for images
 * of 224 pixels; others give fc6 another number of inputs.
 */
final class Vgg {
    private static final int[] WIDTHS = {64, 128, 256, 512, 512};
    private static final int[] DEPTHS = {2, 2, 3, 3, 3};
    private static final double DROPOUT = 0.5;

    private Vgg() { }

    static Layer vgg16(int classes) {
        List<Layer> layers = new ArrayList<>();
        for (int block = 1; block <= WIDTHS.length; block++) {
            for (int k = 1; k <= DEPTHS[block - 1]; k++) {
                layers.add(Layers.conv2d("conv" + block + "_" + k, WIDTHS[block - 1], Window.of(3).padding(1),
                        ConvOptions.defaults().init(Initializer.heNormal(), Initializer.zeros())));
                layers.add(Layers.relu());
            }
            layers.add(Layers.maxPool("pool" + block, Window.of(2).stride(2)));
        }
        layers.addAll(List.of(Layers.flatten(),
                linear("fc6", 4096), Layers.relu(), Layers.dropout("drop6", DROPOUT),
                linear("fc7", 4096), Layers.relu(), Layers.dropout("drop7", DROPOUT),
                linear("fc8", classes)));
        return new Sequential(layers);
    }

    private static Layer linear(String name, long out) {
        return Layers.linear(name, out, true, Initializer.heNormal(), Initializer.zeros());
    }
}
