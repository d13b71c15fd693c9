package dev.lamina.models;

import dev.lamina.graph.Normalization;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.nn.Context;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * AlexNet (Krizhevsky, Sutskever and Hinton 2012): the paper's two towers as two groups, its response normalisation (k 2, n 5, α 1e-4 not
 * divided by n, β 0.75), overlapping max pooling, dropout 0.5. Weights start normal with deviation 0.01; biases as 1 in conv2, conv4,
 * conv5, fc6 and fc7, else as 0.
 *
 * <p>The paper's images of 224 pixels do not give its 55 outputs of conv1; 227 do, and 224 with a padding of 1 before and 2 after, which is
 * added to images of that size unless another padding is asked for.
 */
final class AlexNet {
    static final List<ModelChoice> CHOICES = List.of(ModelChoice.width(), ModelChoice.dropout("0.5"),
            ModelChoice.among("groups", "2: two towers, 1: every filter sees all maps", "2", "1"),
            ModelChoice.among("normalisation", "lrn: responses across maps; batch: before each rectifier of the convolutions, which then "
                    + "have no bias", "lrn", "none", "batch"),
            ModelChoice.among("lrn", "across all maps, or those of each tower apart", "all", "tower"),
            ModelChoice.among("bias", "what the biases of conv2, conv4, conv5, fc6 and fc7 start as; Caffe's replication needed 0.1", "1",
                    "0.1", "0"),
            ModelChoice.among("padding", "of images before conv1; auto: 1 before and 2 after for 224 pixels, else none", "auto", "none",
                    "1:2", "2"));

    private static final Initializer WEIGHTS = Initializer.normal(0, 0.01);
    private static final Normalization.Lrn RESPONSE = new Normalization.Lrn(5, 1e-4, 0.75, 2, false);
    private static final long PAPER_SIZE = 224;
    private static final long TOWERS = 2;
    private static final long KERNEL = 11;
    private static final long STRIDE = 4;

    private final Chosen chosen;
    private final long groups;
    private final double bias;

    private AlexNet(Chosen chosen) {
        this.chosen = chosen;
        groups = Long.parseLong(chosen.text("groups"));
        bias = Double.parseDouble(chosen.text("bias"));
    }

    static Layer of(Shape inputShape, int classes, Chosen chosen) {
        return new AlexNet(chosen).build(inputShape, classes);
    }

    private Layer build(Shape input, int classes) {
        double dropout = chosen.dropout();
        List<Layer> layers = new ArrayList<>();
        conv(layers, "conv1", 96, first(input), 1, 0);
        normalise(layers, "norm1", "pool1");
        conv(layers, "conv2", 256, Window.of(5).padding(2), groups, bias);
        normalise(layers, "norm2", "pool2");
        conv(layers, "conv3", 384, Window.of(3).padding(1), 1, 0);
        conv(layers, "conv4", 384, Window.of(3).padding(1), groups, bias);
        conv(layers, "conv5", 256, Window.of(3).padding(1), groups, bias);
        layers.addAll(List.of(pool("pool5"), Layers.flatten(),
                linear("fc6", chosen.wide(4096), bias), Layers.relu(), Layers.dropout("drop6", dropout),
                linear("fc7", chosen.wide(4096), bias), Layers.relu(), Layers.dropout("drop7", dropout),
                linear("fc8", classes, 0)));
        return new Sequential(layers);
    }

    /** The first convolution's window; every pixel must be seen unless a padding of 2 is asked for. */
    private Window first(Shape input) {
        Window window = Window.of(KERNEL).stride(STRIDE);
        if (input.rank() != 3) {
            return window;
        }
        long height = input.dim(1);
        long width = input.dim(2);
        boolean paperSize = height == PAPER_SIZE && width == PAPER_SIZE;
        long padding = switch (chosen.text("padding")) {
            case "1:2" -> 3;
            case "2" -> 4;
            case "none" -> 0;
            default -> paperSize ? 3 : 0;
        };
        boolean whole = padding == 4 || (height + padding - KERNEL) % STRIDE == 0 && (width + padding - KERNEL) % STRIDE == 0;
        if (height + padding < KERNEL || width + padding < KERNEL || !whole) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "alexNet: input %dx%d %s gives conv1 %s. Use 227, or %s.", height,
                    width, padding == 0 ? "without padding" : padding == 3 ? "with padding (1, 2)" : "with padding 2",
                    outputs(height + padding, width + padding), paperSize ? "padding (1, 2)" : "224 with padding (1, 2)"));
        }
        return padding == 0 ? window : padding == 3 ? window.padding(1, 1, 2, 2) : window.padding(2);
    }

    private static String outputs(long height, long width) {
        String rows = String.format(Locale.ROOT, "%.2f", (double) (height - KERNEL) / STRIDE + 1);
        return height == width ? rows : rows + String.format(Locale.ROOT, " x %.2f", (double) (width - KERNEL) / STRIDE + 1);
    }

    private void conv(List<Layer> layers, String name, long count, Window window, long parts, double offset) {
        boolean batch = chosen.is("normalisation", "batch");
        ConvOptions options = ConvOptions.defaults().groups(parts).init(WEIGHTS, Initializer.constant(offset));
        layers.add(Layers.conv2d(name, chosen.wide(count, TOWERS), window, batch ? options.withoutBias() : options));
        if (batch) {
            layers.add(Layers.batchNorm2d(name.replace("conv", "bn")));
        }
        layers.add(Layers.relu());
    }

    private void normalise(List<Layer> layers, String name, String pool) {
        if (chosen.is("normalisation", "lrn")) {
            layers.add(chosen.is("lrn", "tower") ? (context, x) -> towers(context, name, x) : Layers.lrn(name, RESPONSE));
        }
        layers.add(pool(pool));
    }

    /** The towers' maps are neighbours, so that the towers of a batch are a batch of towers. */
    private static Value towers(Context context, String name, Value x) {
        Shape all = x.shape();
        Value apart = Shaping.reshape(x, Shape.of(all.dim(0) * TOWERS, all.dim(1) / TOWERS, all.dim(2), all.dim(3)));
        return Shaping.reshape(Layers.lrn(name, RESPONSE).apply(context, apart), all);
    }

    private static Layer linear(String name, long out, double offset) {
        return Layers.linear(name, out, true, WEIGHTS, Initializer.constant(offset));
    }

    private static Layer pool(String name) {
        return Layers.maxPool(name, Window.of(3).stride(2));
    }
}
