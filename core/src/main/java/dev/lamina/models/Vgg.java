package dev.lamina.models;

import dev.lamina.graph.Window;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * VGG (Simonyan and Zisserman 2014): 3x3 convolutions in five blocks, each halved by max pooling, then two linear layers of 4,096 with
 * dropout 0.5 and one of classes. Weights start as {@link Initializer#heNormal}, biases as 0. Made for images of 224 pixels; others give
 * fc6 another number of inputs.
 *
 * <p>{@code head=convolution} makes a 7x7 and two 1x1 convolutions of the linear layers, with the same numbers of weights in the same
 * order, and takes the mean of what they give at each place, so that images may be larger (section 3.2 of the paper). {@code head=cifar}
 * has one hidden layer of 512, for images of 32 pixels.
 */
final class Vgg {
    static final List<ModelChoice> CHOICES = List.of(ModelChoice.width(), ModelChoice.dropout("0.5"),
            ModelChoice.among("head", "linear: 4096-4096-K; convolution: the same as convolutions, for larger images; cifar: 512-K",
                    "linear", "convolution", "cifar"));

    private static final int[] WIDTHS = {64, 128, 256, 512, 512};
    private static final long HEAD_KERNEL = 7;
    private static final long HALVINGS = 32;

    private Vgg() { }

    /** Convolutions of each block in the configuration with this number of layers with weights. */
    static int[] depths(int layers) {
        return switch (layers) {
            case 11 -> new int[] {1, 1, 2, 2, 2};
            case 13 -> new int[] {2, 2, 2, 2, 2};
            case 16 -> new int[] {2, 2, 3, 3, 3};
            case 19 -> new int[] {2, 2, 4, 4, 4};
            default -> throw new IllegalArgumentException("vgg: " + layers + " layers, needs 11, 13, 16 or 19.");
        };
    }

    static Layer of(int layers, boolean batchNorm, Shape input, int classes, Chosen chosen) {
        List<Layer> all = new ArrayList<>();
        int[] depths = depths(layers);
        for (int block = 1; block <= WIDTHS.length; block++) {
            for (int k = 1; k <= depths[block - 1]; k++) {
                all.add(conv("conv" + block + "_" + k, chosen.wide(WIDTHS[block - 1]), Window.of(3).padding(1)));
                if (batchNorm) {
                    all.add(Layers.batchNorm2d("bn" + block + "_" + k));
                }
                all.add(Layers.relu());
            }
            all.add(Layers.maxPool("pool" + block, Window.of(2).stride(2)));
        }
        all.addAll(head(input, classes, chosen));
        return new Sequential(all);
    }

    private static List<Layer> head(Shape input, int classes, Chosen chosen) {
        double dropout = chosen.dropout();
        long hidden = chosen.wide(4096);
        return switch (chosen.text("head")) {
            case "cifar" -> List.of(Layers.flatten(),
                    linear("fc6", chosen.wide(512)), Layers.relu(), Layers.dropout("drop6", dropout),
                    linear("fc7", classes));
            case "convolution" -> {
                requireSize(input, chosen);
                yield List.of(
                        conv("fc6", hidden, Window.of(HEAD_KERNEL)), Layers.relu(), Layers.dropout("drop6", dropout),
                        conv("fc7", hidden, Window.of(1)), Layers.relu(), Layers.dropout("drop7", dropout),
                        conv("fc8", classes, Window.of(1)), Layers.globalAvgPool(), Layers.flatten());
            }
            default -> List.of(Layers.flatten(),
                    linear("fc6", hidden), Layers.relu(), Layers.dropout("drop6", dropout),
                    linear("fc7", hidden), Layers.relu(), Layers.dropout("drop7", dropout),
                    linear("fc8", classes));
        };
    }

    private static void requireSize(Shape input, Chosen chosen) {
        long least = HEAD_KERNEL * HALVINGS;
        if (input.rank() == 3 && (input.dim(1) < least || input.dim(2) < least)) {
            throw new IllegalArgumentException(chosen.model() + ": input " + input.dim(1) + "x" + input.dim(2) + " is smaller than what "
                    + "fc6 as a convolution sees, needs at least " + least + "x" + least + " (head=convolution). Use head=linear or "
                    + "head=cifar.");
        }
    }

    private static Layer conv(String name, long out, Window window) {
        return Layers.conv2d(name, out, window, ConvOptions.defaults().init(Initializer.heNormal(), Initializer.zeros()));
    }

    private static Layer linear(String name, long out) {
        return Layers.linear(name, out, true, Initializer.heNormal(), Initializer.zeros());
    }
}
