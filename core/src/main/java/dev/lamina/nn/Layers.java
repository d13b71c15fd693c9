package dev.lamina.nn;

import dev.lamina.graph.GraphException;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.util.List;
import java.util.function.UnaryOperator;

/** The layers that networks are made of. Names are those of nodes and, with {@code .weight} and the like appended, of parameters. */
public final class Layers {
    private static final List<String> ACTIVATIONS = List.of("relu", "sigmoid", "tanh", "leakyRelu", "elu", "gelu", "softplus", "binarize",
            "binarizeBlock", "none");

    private Layers() { }

    // --- layers with parameters ---------------------------------------------------------------------------------------------------------

    /** {@code y = x Wᵀ + b} with weight {@code [out, in]}; in is the input's number of features. */
    public static Layer linear(String name, long out) {
        return linear(name, out, true);
    }

    /** A linear layer with or without bias. */
    public static Layer linear(String name, long out, boolean bias) {
        return linear(name, out, bias, Initializer.layerDefault(), Initializer.layerDefault());
    }

    /** A linear layer with its initial values. */
    public static Layer linear(String name, long out, boolean bias, Initializer weightInit, Initializer biasInit) {
        return new LinearLayer(name, out, bias, weightInit, biasInit);
    }

    /** A convolution with bias. */
    public static Layer conv2d(String name, long out, Window window) {
        return conv2d(name, out, window, ConvOptions.defaults());
    }

    /** A convolution with groups, with or without bias. */
    public static Layer conv2d(String name, long out, Window window, long groups, boolean bias) {
        ConvOptions options = ConvOptions.defaults().groups(groups);
        return conv2d(name, out, window, bias ? options : options.withoutBias());
    }

    /** A convolution with all options. */
    public static Layer conv2d(String name, long out, Window window, ConvOptions options) {
        return new Conv2dLayer(name, out, window, options);
    }

    /** Batch normalisation of images with ε 1e-5 and momentum 0.1. */
    public static Layer batchNorm2d(String name) {
        return batchNorm2d(name, 1e-5, 0.1);
    }

    /** Batch normalisation of images; momentum is the share of the batch in the running statistics. */
    public static Layer batchNorm2d(String name, double epsilon, double momentum) {
        return new BatchNormLayer(name, 4, epsilon, momentum, Initializer.ones());
    }

    /** Batch normalisation of images with ε 1e-5 and momentum 0.1 whose weight γ starts otherwise than as 1. */
    public static Layer batchNorm2d(String name, Initializer weightInit) {
        return new BatchNormLayer(name, 4, 1e-5, 0.1, weightInit);
    }

    /** Batch normalisation of features {@code [N, D]} with ε 1e-5 and momentum 0.1. */
    public static Layer batchNorm1d(String name) {
        return new BatchNormLayer(name, 2, 1e-5, 0.1, Initializer.ones());
    }

    // --- activations --------------------------------------------------------------------------------------------------------------------

    /** {@code max(0, x)}. */
    public static Layer relu() {
        return activation("relu", Pointwise::relu);
    }

    /** {@code min(max(0, x), 6)}. */
    public static Layer relu6() {
        return activation("relu6", x -> Pointwise.clip(x, 0, 6));
    }

    /** {@code 1 / (1 + e^-x)}. */
    public static Layer sigmoid() {
        return activation("sigmoid", Pointwise::sigmoid);
    }

    /** The hyperbolic tangent. */
    public static Layer tanh() {
        return activation("tanh", Pointwise::tanh);
    }

    /** {@code x} where positive, else {@code slope x}. */
    public static Layer leakyRelu(double slope) {
        return activation("leakyRelu", x -> Pointwise.leakyRelu(x, slope));
    }

    /** {@code x} where positive, else {@code alpha (e^x - 1)}. */
    public static Layer elu(double alpha) {
        return activation("elu", x -> Pointwise.elu(x, alpha));
    }

    /** {@code x Φ(x)}. */
    public static Layer gelu() {
        return activation("gelu", Pointwise::gelu);
    }

    /** {@code log(1 + e^x)}. */
    public static Layer softplus() {
        return activation("softplus", Pointwise::softplus);
    }

    /**
     * 1 where {@code x > 0}, else 0.
     *
     * <p>Why its true derivative is not used: it is 0 wherever it exists, so that nothing below would ever learn.
     * {@code STRAIGHT_THROUGH} passes the gradient where {@code -1 <= x <= 1} instead, a heuristic that happens to work
     * (Bengio, Léonard and Courville 2013). {@code BLOCK} takes the derivative at its word: layers below stay as they started, random
     * features, and the summary marks them "receives no gradient".
     */
    public static Layer binarize(Pointwise.StepGradient gradient) {
        return activation("binarize", x -> Pointwise.binarize(x, gradient));
    }

    /**
     * The activation of this name, as {@link #activations} lists them; {@code leakyRelu} has slope 0.01, {@code elu} has α 1.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Layer activation(String name) {
        return switch (name) {
            case "relu" -> relu();
            case "sigmoid" -> sigmoid();
            case "tanh" -> tanh();
            case "leakyRelu" -> leakyRelu(0.01);
            case "elu" -> elu(1);
            case "gelu" -> gelu();
            case "softplus" -> softplus();
            case "binarize" -> binarize(Pointwise.StepGradient.STRAIGHT_THROUGH);
            case "binarizeBlock" -> binarize(Pointwise.StepGradient.BLOCK);
            case "none" -> identity();
            default -> throw unknownActivation(name);
        };
    }

    static IllegalArgumentException unknownActivation(String name) {
        return new IllegalArgumentException("activation \"" + name + "\" is unknown; known are " + String.join(", ", ACTIVATIONS) + ".");
    }

    /** Names of activations. */
    public static List<String> activations() {
        return ACTIVATIONS;
    }

    private static Layer activation(String kind, UnaryOperator<Value> function) {
        return new SimpleLayer(kind, false, (_, x) -> function.apply(x));
    }

    // --- pooling ------------------------------------------------------------------------------------------------------------------------

    /** Max pooling. */
    public static Layer maxPool(Window window) {
        return maxPool(null, window);
    }

    /** Max pooling of squares that do not overlap. */
    public static Layer maxPool(long kernel) {
        return maxPool(Window.of(kernel).stride(kernel));
    }

    /** Max pooling whose node has a name. */
    public static Layer maxPool(String name, Window window) {
        return named("maxPool", name, x -> Pooling.maxPool(x, window));
    }

    /** Average pooling; padding counts in the divisor. */
    public static Layer avgPool(Window window) {
        return avgPool(null, window);
    }

    /** Average pooling whose node has a name; padding counts in the divisor. */
    public static Layer avgPool(String name, Window window) {
        return named("avgPool", name, x -> Pooling.avgPool(x, window));
    }

    /** The mean of every map, {@code [N, C, 1, 1]}. Flatten it for a linear layer. */
    public static Layer globalAvgPool() {
        return named("globalAvgPool", null, Pooling::globalAvgPool);
    }

    private static Layer named(String kind, String name, UnaryOperator<Value> function) {
        return new SimpleLayer(kind, false, (context, x) -> {
            context.nameNext(name);
            return function.apply(x);
        });
    }

    // --- others -------------------------------------------------------------------------------------------------------------------------

    /** The input itself. */
    public static Layer identity() {
        return new SimpleLayer("identity", true, (_, x) -> x);
    }

    /** {@code [N, everything else]}. */
    public static Layer flatten() {
        return new SimpleLayer("flatten", true, (_, x) -> Shaping.flatten(x));
    }

    /** Inverted dropout in training, nothing else. */
    public static Layer dropout(double p) {
        return dropout(null, p);
    }

    /** Dropout whose node has a name. */
    public static Layer dropout(String name, double p) {
        return new SimpleLayer("dropout", true, (context, x) -> {
            if (!(p >= 0 && p < 1)) {
                throw new GraphException("dropout \"" + context.qualified(name == null ? "dropout" : name) + "\": p = " + p
                        + ", needs 0 <= p < 1.");
            }
            if (!context.training() || p == 0) {
                return x;
            }
            context.nameNext(name);
            return Random.dropout(x, p);
        });
    }

    /** Local response normalisation whose α is divided by the size, the meaning of PyTorch, Caffe, ONNX and cuDNN. */
    public static Layer lrn(int size, double alpha, double beta, double k) {
        return lrn(null, new Normalization.Lrn(size, alpha, beta, k, true));
    }

    /** Local response normalisation with all its attributes; the name may be null. */
    public static Layer lrn(String name, Normalization.Lrn attributes) {
        return named("lrn", name, x -> Normalization.lrn(x, attributes));
    }

    /** {@code body(x) + shortcut(x)}; the body adds its nodes first. */
    public static Layer residual(Layer body, Layer shortcut) {
        return (context, x) -> body.apply(context, x).plus(shortcut.apply(context, x));
    }

    /** The maps of all branches, in this order, each applied to the same images. */
    public static Layer concat(Layer... branches) {
        List<Layer> all = List.of(branches);
        return (context, x) -> Shaping.concat(1, all.stream().map(branch -> branch.apply(context, x)).toArray(Value[]::new));
    }

    /** The layer with one more element in the path of its names. */
    public static Layer scope(String name, Layer layer) {
        return new ScopedLayer(name, false, layer);
    }

    /** The layer with parameters that are not trained; batch norms in it use their running statistics. */
    public static Layer frozen(Layer layer) {
        return new ScopedLayer(null, true, layer);
    }
}
