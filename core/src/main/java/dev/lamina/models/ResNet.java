package dev.lamina.models;

import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.nn.Context;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * ResNet-20 for small images (He et al. 2015, section 4.2): a convolution to 16 maps, three stages of three blocks with 16, 32 and 64 maps,
 * halving the images at the second and third stage, then the maps' means and a linear layer. Shortcuts have no parameters (option A): where
 * a block narrows, every second row and column is taken and maps of zeros are added after the others. Filters start as
 * {@link Initializer#heNormal}; convolutions have no bias, for a batch normalisation follows each.
 */
final class ResNet {
    private static final int BLOCKS = 3;

    private ResNet() { }

    static Layer resnet20(int classes) {
        List<Layer> layers = new ArrayList<>(List.of(conv("conv1", 16, 1), Layers.batchNorm2d("bn1"), Layers.relu()));
        long channels = 16;
        for (int stage = 1; stage <= 3; stage++) {
            long width = 8L << stage;
            for (int block = 1; block <= BLOCKS; block++) {
                layers.add(Layers.scope("layer" + stage + "." + block, basicBlock(width, width == channels ? 1 : 2)));
                channels = width;
            }
        }
        layers.addAll(List.of(Layers.globalAvgPool(), Layers.flatten(),
                Layers.linear("fc", classes, true, Initializer.heNormal(), Initializer.zeros())));
        return new Sequential(layers);
    }

    /** {@code relu(bn(conv(relu(bn(conv(x))))) + shortcut(x))}; the last norm, the sum and the rectifier are neighbours in the graph. */
    private static Layer basicBlock(long width, long stride) {
        Layer body = Sequential.of(conv("conv1", width, stride), Layers.batchNorm2d("bn1"), Layers.relu(),
                conv("conv2", width, 1), Layers.batchNorm2d("bn2"));
        return (context, x) -> {
            Value shortcut = shortcut(context, x, width, stride);
            return Layers.relu().apply(context, body.apply(context, x).plus(shortcut));
        };
    }

    private static Layer conv(String name, long out, long stride) {
        return Layers.conv2d(name, out, Window.of(3).stride(stride).padding(1),
                ConvOptions.defaults().withoutBias().init(Initializer.heNormal(), Initializer.zeros()));
    }

    private static Value shortcut(Context context, Value x, long width, long stride) {
        long extra = width - x.shape().dim(1);
        if (extra == 0 && stride == 1) {
            return x;
        }
        context.graph().name(context.qualified("shortcut.rows"));
        Value taken = Shaping.slice(x, List.of(0L, 0L, 0L, 0L), List.of(x.shape().dim(0), x.shape().dim(1), x.shape().dim(2),
                x.shape().dim(3)), List.of(1L, 1L, stride, stride));
        context.graph().name(context.qualified("shortcut.maps"));
        return Shaping.pad(taken, List.of(0L, 0L, 0L, 0L), List.of(0L, extra, 0L, 0L), 0);
    }
}
