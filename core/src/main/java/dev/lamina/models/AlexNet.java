package dev.lamina.models;

import dev.lamina.graph.Normalization;
import dev.lamina.graph.Window;
import dev.lamina.nn.ConvOptions;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Shape;
import java.util.Locale;

/**
 * AlexNet (Krizhevsky, Sutskever and Hinton 2012): the paper's two towers as two groups, its response normalisation (k 2, n 5, α 1e-4 not
 * divided by n, β 0.75), overlapping max pooling, dropout 0.5. Weights start normal with deviation 0.01; biases as 1 in conv2, conv4,
 * conv5, fc6 and fc7, else as 0.
 *
 * <p>The paper's images of 224 pixels do not give its 55 outputs of conv1; 227 do, and 224 with a padding of 1 before and 2 after, which is
 * added to images of that size.
 */
final class AlexNet {
    private static final Initializer WEIGHTS = Initializer.normal(0, 0.01);
    private static final Normalization.Lrn RESPONSE = new Normalization.Lrn(5, 1e-4, 0.75, 2, false);
    private static final long PAPER_SIZE = 224;
    private static final long KERNEL = 11;
    private static final long STRIDE = 4;
    private static final double DROPOUT = 0.5;

    private AlexNet() { }

    static Layer of(Shape inputShape, int classes) {
        return Sequential.of(
                conv("conv1", 96, first(inputShape), 1, 0), Layers.relu(), Layers.lrn("norm1", RESPONSE), pool("pool1"),
                conv("conv2", 256, Window.of(5).padding(2), 2, 1), Layers.relu(), Layers.lrn("norm2", RESPONSE), pool("pool2"),
                conv("conv3", 384, Window.of(3).padding(1), 1, 0), Layers.relu(),
                conv("conv4", 384, Window.of(3).padding(1), 2, 1), Layers.relu(),
                conv("conv5", 256, Window.of(3).padding(1), 2, 1), Layers.relu(), pool("pool5"),
                Layers.flatten(),
                linear("fc6", 4096, 1), Layers.relu(), Layers.dropout("drop6", DROPOUT),
                linear("fc7", 4096, 1), Layers.relu(), Layers.dropout("drop7", DROPOUT),
                linear("fc8", classes, 0));
    }

    /** The first convolution's window; every pixel must be seen. */
    private static Window first(Shape input) {
        Window window = Window.of(KERNEL).stride(STRIDE);
        if (input.rank() != 3) {
            return window;
        }
        long height = input.dim(1);
        long width = input.dim(2);
        if (height == PAPER_SIZE && width == PAPER_SIZE) {
            return window.padding(1, 1, 2, 2);
        }
        if (height < KERNEL || width < KERNEL || (height - KERNEL) % STRIDE != 0 || (width - KERNEL) % STRIDE != 0) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "alexnet: input %dx%d without padding gives conv1 %.2f x %.2f, needs whole numbers (11/4 windows). Use 227x227, or "
                    + "224x224, which is padded by 1 before and 2 after.", height, width, outputs(height), outputs(width)));
        }
        return window;
    }

    private static double outputs(long extent) {
        return (double) (extent - KERNEL) / STRIDE + 1;
    }

    private static Layer conv(String name, long out, Window window, long groups, double bias) {
        return Layers.conv2d(name, out, window, ConvOptions.defaults().groups(groups).init(WEIGHTS, Initializer.constant(bias)));
    }

    private static Layer linear(String name, long out, double bias) {
        return Layers.linear(name, out, true, WEIGHTS, Initializer.constant(bias));
    }

    private static Layer pool(String name) {
        return Layers.maxPool(name, Window.of(3).stride(2));
    }
}
