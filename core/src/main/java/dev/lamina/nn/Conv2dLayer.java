package dev.lamina.nn;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;

/** A convolution with its filters and bias. */
record Conv2dLayer(String name, long out, Window window, ConvOptions options) implements Layer {
    Conv2dLayer {
        require(out >= 1, name, "filters = " + out + ", needs >= 1.");
        require(options.groups() >= 1, name, "groups = " + options.groups() + ", needs >= 1.");
        require(out % options.groups() == 0, name,
                "filter has " + out + " outputs, groups = " + options.groups() + " does not divide them.");
    }

    @Override
    public Value apply(Context context, Value x) {
        Context inner = context.in(name);
        Shape image = Checks.images("conv2d", inner.path(), x);
        long channels = image.dim(1);
        require(channels % options.groups() == 0, inner.path(), "input has " + channels + " channels, groups = " + options.groups()
                + " does not divide them; input " + image + ".");
        TensorType wanted = TensorType.of(x.dtype(), out, channels / options.groups(), window.h().kernel(), window.w().kernel());
        // Filters that exist are kept, so that the op's own error tells what does not fit them.
        Value weight = inner.parameter("weight", inner.known("weight").orElse(wanted), options.weightInit());
        Value filter = options.flip() ? Shaping.reverse(weight, 2, 3) : weight;
        if (!options.bias()) {
            context.nameNext(name);
            return Convolution.conv2d(x, filter, window, options.groups());
        }
        Value bias = inner.parameter("bias", TensorType.of(x.dtype(), out), options.biasInit().forBias(weight.shape()));
        context.nameNext(name);
        return Convolution.conv2d(x, filter, bias, window, options.groups());
    }

    private static void require(boolean holds, String name, String message) {
        if (!holds) {
            throw new GraphException("conv2d \"" + name + "\": " + message);
        }
    }
}
