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
 * ResNets (He et al. 2015). Filters start as {@link Initializer#heNormal}; convolutions have no bias, for a batch normalisation follows
 * each.
 *
 * <p>For images of 32 pixels (section 4.2): a convolution to 16 maps, three stages of basic blocks with 16, 32 and 64 maps, halving the
 * images at the second and third stage, then the maps' means and a linear layer. Shortcuts have no parameters (option A): where a block
 * narrows, every second row and column is taken and maps of zeros are added after the others; or they are 1x1 convolutions (option B).
 *
 * <p>For images of 224 pixels (table 1): a 7x7 convolution, max pooling, four stages from 64 maps on, basic blocks or bottlenecks,
 * shortcuts B. A bottleneck narrows in its 3x3 convolution, as torchvision's, or in its first 1x1 as the paper's ({@code stride=1x1}).
 */
final class ResNet {
    static final List<ModelChoice> SMALL_CHOICES = List.of(ModelChoice.width(), lastGamma(),
            ModelChoice.among("shortcut", "where a block narrows. A: every second pixel, maps of zeros; B: a 1x1 convolution", "A", "B"));
    static final List<ModelChoice> BASIC_CHOICES = List.of(ModelChoice.width(), lastGamma());
    static final List<ModelChoice> BOTTLENECK_CHOICES = List.of(ModelChoice.width(), lastGamma(),
            ModelChoice.among("stride", "which convolution of a bottleneck narrows: torchvision's, or the paper's", "3x3", "1x1"));
    /** Maps of a bottleneck's output a map of its inside. */
    private static final long EXPANSION = 4;

    private final Chosen chosen;
    private final boolean bottleneck;
    private final boolean padded;

    private ResNet(Chosen chosen, boolean bottleneck, boolean padded) {
        this.chosen = chosen;
        this.bottleneck = bottleneck;
        this.padded = padded;
    }

    private static ModelChoice lastGamma() {
        return ModelChoice.among("lastGamma", "what γ of each block's last normalisation starts as; 0 makes blocks start as identities",
                "1", "0");
    }

    /** The form for small images; {@code 6 blocks + 2} layers. */
    static Layer small(int blocks, int classes, Chosen chosen) {
        List<Layer> layers = new ArrayList<>(List.of(conv("conv1", chosen.wide(16), 3, 1), Layers.batchNorm2d("bn1"), Layers.relu()));
        new ResNet(chosen, false, chosen.is("shortcut", "A")).stages(layers, 16, blocks, blocks, blocks);
        return ended(layers, classes);
    }

    /** The form for large images. */
    static Layer large(boolean bottleneck, int classes, Chosen chosen, int... blocks) {
        List<Layer> layers = new ArrayList<>(List.of(conv("conv1", chosen.wide(64), 7, 2), Layers.batchNorm2d("bn1"), Layers.relu(),
                Layers.maxPool("pool1", Window.of(3).stride(2).padding(1))));
        new ResNet(chosen, bottleneck, false).stages(layers, 64, blocks);
        return ended(layers, classes);
    }

    private static Layer ended(List<Layer> layers, int classes) {
        layers.addAll(List.of(Layers.globalAvgPool(), Layers.flatten(),
                Layers.linear("fc", classes, true, Initializer.heNormal(), Initializer.zeros())));
        return new Sequential(layers);
    }

    private void stages(List<Layer> layers, long firstWidth, int... blocks) {
        long channels = chosen.wide(firstWidth);
        for (int stage = 1; stage <= blocks.length; stage++) {
            long inner = chosen.wide(firstWidth << stage - 1);
            long outer = bottleneck ? EXPANSION * inner : inner;
            for (int block = 1; block <= blocks[stage - 1]; block++) {
                long stride = stage > 1 && block == 1 ? 2 : 1;
                layers.add(Layers.scope("layer" + stage + "." + block, block(inner, outer, stride, stride > 1 || channels != outer)));
                channels = outer;
            }
        }
    }

    /** {@code relu(body(x) + shortcut(x))}; the last norm, the sum and the rectifier are neighbours in the graph. */
    private Layer block(long inner, long outer, long stride, boolean narrows) {
        Layer shortcut = !narrows ? Layers.identity() : padded ? (context, x) -> padded(context, x, outer, stride)
                : Layers.scope("shortcut", Sequential.of(conv("conv", outer, 1, stride), Layers.batchNorm2d("bn")));
        return Sequential.of(Layers.residual(bottleneck ? bottleneck(inner, outer, stride) : basic(inner, stride), shortcut),
                Layers.relu());
    }

    private Layer basic(long width, long stride) {
        return Sequential.of(conv("conv1", width, 3, stride), Layers.batchNorm2d("bn1"), Layers.relu(),
                conv("conv2", width, 3, 1), last("bn2"));
    }

    private Layer bottleneck(long inner, long outer, long stride) {
        boolean first = chosen.is("stride", "1x1");
        return Sequential.of(conv("conv1", inner, 1, first ? stride : 1), Layers.batchNorm2d("bn1"), Layers.relu(),
                conv("conv2", inner, 3, first ? 1 : stride), Layers.batchNorm2d("bn2"), Layers.relu(),
                conv("conv3", outer, 1, 1), last("bn3"));
    }

    private Layer last(String name) {
        return Layers.batchNorm2d(name, Initializer.constant(Double.parseDouble(chosen.text("lastGamma"))));
    }

    private static Layer conv(String name, long out, long kernel, long stride) {
        return Layers.conv2d(name, out, Window.of(kernel).stride(stride).padding(kernel / 2),
                ConvOptions.defaults().withoutBias().init(Initializer.heNormal(), Initializer.zeros()));
    }

    private static Value padded(Context context, Value x, long width, long stride) {
        long extra = width - x.shape().dim(1);
        context.graph().name(context.qualified("shortcut.rows"));
        Value taken = Shaping.slice(x, List.of(0L, 0L, 0L, 0L), List.of(x.shape().dim(0), x.shape().dim(1), x.shape().dim(2),
                x.shape().dim(3)), List.of(1L, 1L, stride, stride));
        if (extra == 0) {
            return taken;
        }
        context.graph().name(context.qualified("shortcut.maps"));
        return Shaping.pad(taken, List.of(0L, 0L, 0L, 0L), List.of(0L, extra, 0L, 0L), 0);
    }
}
