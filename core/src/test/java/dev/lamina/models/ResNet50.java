package dev.lamina.models;

import dev.lamina.graph.Window;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** ResNet-50 (He et al. 2015) from plain layers with residual sums: a large graph with branches. */
public final class ResNet50 {
    private ResNet50() { }

    /** The model for images of 3 x 224 x 224 and 1000 classes. */
    public static Model model() {
        return new Model("resnet50", Shape.of(3, 224, 224), 1000, layer());
    }

    /** Its layers. */
    public static Layer layer() {
        List<Layer> layers = new ArrayList<>(List.of(conv("conv1", 64, 7, 2), Layers.relu(),
                Layers.maxPool(Window.of(3).stride(2).padding(1))));
        int[] blocks = {3, 4, 6, 3};
        for (int stage = 0; stage < blocks.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                layers.add(bottleneck("s" + stage + "b" + block, 64L << stage, stage > 0 && block == 0 ? 2 : 1, block == 0));
            }
        }
        layers.addAll(List.of(Layers.globalAvgPool(), Layers.flatten(), Layers.linear("fc", 1000)));
        return Sequential.of(layers.toArray(Layer[]::new));
    }

    private static Layer conv(String name, long out, long kernel, long stride) {
        return Sequential.of(
                Layers.conv2d(name, out, Window.of(kernel).stride(stride).padding(kernel / 2), ConvOptions.defaults().withoutBias()),
                Layers.batchNorm2d(name + "_bn"));
    }

    private static Layer bottleneck(String name, long width, long stride, boolean project) {
        Layer body = Sequential.of(conv(name + "a", width, 1, 1), Layers.relu(), conv(name + "b", width, 3, stride), Layers.relu(),
                conv(name + "c", 4 * width, 1, 1));
        Layer shortcut = project ? conv(name + "s", 4 * width, 1, stride) : Layers.identity();
        return (context, x) -> Layers.relu().apply(context, body.apply(context, x).plus(shortcut.apply(context, x)));
    }
}
