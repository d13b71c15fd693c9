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
 * MobileNetV2 (Sandler et al. 2018): inverted residuals, that is a 1x1 convolution to more maps, a 3x3 one of each map by itself, and a 1x1
 * one to few maps with no rectifier after it; {@code min(max(0, x), 6)} elsewhere. Blocks are numbered from 1 to 17 through the paper's
 * table 2. The width multiplier is the paper's: maps are rounded to multiples of 8 and never lowered by more than a tenth, and the last
 * convolution's 1,280 only grow. Filters start as {@link Initializer#heNormal}, which the paper leaves open.
 */
final class MobileNetV2 {
    static final List<ModelChoice> CHOICES = List.of(ModelChoice.width(), ModelChoice.dropout("0.2"));

    /** Rows of the paper's table 2. */
    private static final List<Stage> STAGES = List.of(new Stage(1, 16, 1, 1), new Stage(6, 24, 2, 2), new Stage(6, 32, 3, 2),
            new Stage(6, 64, 4, 2), new Stage(6, 96, 3, 1), new Stage(6, 160, 3, 2), new Stage(6, 320, 1, 1));
    private static final long FIRST = 32;
    private static final long LAST = 1280;
    private static final long MULTIPLE = 8;

    private record Stage(long expansion, long maps, int blocks, long stride) {
    }

    private MobileNetV2() { }

    static Layer of(int classes, Chosen chosen) {
        double width = chosen.width();
        long channels = rounded(FIRST, width);
        List<Layer> layers = new ArrayList<>(List.of(conv("conv1", channels, 3, 2, 1), Layers.batchNorm2d("bn1"), Layers.relu6()));
        int number = 1;
        for (Stage stage : STAGES) {
            long maps = rounded(stage.maps, width);
            for (int i = 0; i < stage.blocks; i++) {
                layers.add(Layers.scope("block" + number, block(channels, maps, stage.expansion, i == 0 ? stage.stride : 1)));
                channels = maps;
                number++;
            }
        }
        layers.addAll(List.of(conv("conv2", rounded(LAST, Math.max(1, width)), 1, 1, 1), Layers.batchNorm2d("bn2"), Layers.relu6(),
                Layers.globalAvgPool(), Layers.flatten(), Layers.dropout("drop", chosen.dropout()),
                Layers.linear("fc", classes, true, Initializer.heNormal(), Initializer.zeros())));
        return new Sequential(layers);
    }

    /** The next multiple of 8, or the one above where that would take away more than a tenth. */
    static long rounded(long maps, double width) {
        double wanted = maps * width;
        long rounded = Math.max(MULTIPLE, (long) (wanted + MULTIPLE / 2.0) / MULTIPLE * MULTIPLE);
        return rounded < 0.9 * wanted ? rounded + MULTIPLE : rounded;
    }

    private static Layer block(long in, long out, long expansion, long stride) {
        long inner = in * expansion;
        List<Layer> layers = new ArrayList<>();
        if (expansion > 1) {
            layers.addAll(List.of(conv("expand", inner, 1, 1, 1), Layers.batchNorm2d("expand_bn"), Layers.relu6()));
        }
        layers.addAll(List.of(conv("depthwise", inner, 3, stride, inner), Layers.batchNorm2d("depthwise_bn"), Layers.relu6(),
                conv("project", out, 1, 1, 1), Layers.batchNorm2d("project_bn")));
        Layer body = new Sequential(layers);
        return stride == 1 && in == out ? Layers.residual(body, Layers.identity()) : body;
    }

    private static Layer conv(String name, long out, long kernel, long stride, long groups) {
        return Layers.conv2d(name, out, Window.of(kernel).stride(stride).padding(kernel / 2),
                ConvOptions.defaults().groups(groups).withoutBias().init(Initializer.heNormal(), Initializer.zeros()));
    }
}
