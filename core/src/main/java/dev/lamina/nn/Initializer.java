package dev.lamina.nn;

import dev.lamina.graph.TensorType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;

/**
 * What a parameter starts as. Fans are those of a weight {@code [out, in]} or filter {@code [C_out, C_in / groups, K_h, K_w]}:
 * {@code f_in = (C_in / groups) K²}, {@code f_out = C_out K²}. Immutable and thread-safe.
 */
public sealed interface Initializer {

    /** All elements equal. */
    record Constant(double value) implements Initializer {
    }

    /** Uniform in [low, high). */
    record Uniform(double low, double high) implements Initializer {
        /** Checks the range. */
        public Uniform {
            require(low <= high, "uniform: low = %s, high = %s, needs low <= high.", low, high);
        }
    }

    /** Normal. */
    record Normal(double mean, double deviation) implements Initializer {
        /** Checks the deviation. */
        public Normal {
            require(deviation >= 0, "normal: deviation = %s, needs >= 0.", deviation);
        }
    }

    /** Uniform in {@code ± gain sqrt(6 / (f_in + f_out))} (Glorot and Bengio 2010). */
    record XavierUniform(double gain) implements Initializer {
    }

    /** Normal with deviation {@code gain sqrt(2 / (f_in + f_out))}. */
    record XavierNormal(double gain) implements Initializer {
    }

    /** Normal with deviation {@code sqrt(2 / f_in)} (He et al. 2015), for rectifiers. */
    record HeNormal() implements Initializer {
    }

    /** Uniform in {@code ± sqrt(6 / f_in)}. */
    record HeUniform() implements Initializer {
    }

    /**
     * Uniform in {@code ± 1 / sqrt(f_in)}, PyTorch's default of linear and convolution layers, for weight and bias.
     *
     * @param fanIn the fan; 0 takes the tensor's own, or for a layer's bias that of its weight
     */
    record LayerDefault(long fanIn) implements Initializer {
        /** Checks the fan. */
        public LayerDefault {
            require(fanIn >= 0, "default: fan = %s, needs >= 0.", fanIn);
        }
    }

    /** A copy of numbers that exist, e.g. of a network trained otherwise. */
    record Given(Tensor value) implements Initializer {
        private Tensor copy(TensorType type) {
            require(value.dtype() == type.dtype() && value.shape().equals(type.shape()),
                    "initializer: the given value is %s %s, the parameter %s.", value.dtype(), value.shape(), type);
            return value.copy();
        }
    }

    /** All zeros. */
    static Initializer zeros() {
        return new Constant(0);
    }

    /** All ones. */
    static Initializer ones() {
        return new Constant(1);
    }

    /** All elements equal. */
    static Initializer constant(double value) {
        return new Constant(value);
    }

    /** A copy of a tensor, which must have the parameter's type and shape and not change. */
    static Initializer given(Tensor value) {
        return new Given(value);
    }

    /** Uniform in [low, high). */
    static Initializer uniform(double low, double high) {
        return new Uniform(low, high);
    }

    /** Normal. */
    static Initializer normal(double mean, double deviation) {
        return new Normal(mean, deviation);
    }

    /** Xavier uniform with gain 1. */
    static Initializer xavierUniform() {
        return new XavierUniform(1);
    }

    /** Xavier uniform. */
    static Initializer xavierUniform(double gain) {
        return new XavierUniform(gain);
    }

    /** Xavier normal with gain 1. */
    static Initializer xavierNormal() {
        return new XavierNormal(1);
    }

    /** Xavier normal. */
    static Initializer xavierNormal(double gain) {
        return new XavierNormal(gain);
    }

    /** He normal. */
    static Initializer heNormal() {
        return new HeNormal();
    }

    /** He uniform. */
    static Initializer heUniform() {
        return new HeUniform();
    }

    /** The layer default with the tensor's own fan. */
    static Initializer layerDefault() {
        return new LayerDefault(0);
    }

    /** The layer default with a given fan. */
    static Initializer layerDefault(long fanIn) {
        return new LayerDefault(fanIn);
    }

    /**
     * The weights with which signals and gradients neither grow nor vanish through many layers of an activation: He normal for the
     * rectifier and its relatives (relu, leakyRelu, elu, gelu, softplus), which halve the variance, Xavier normal for all others.
     *
     * @param activation one of {@link Layers#activations}
     * @throws IllegalArgumentException if it is none of them
     */
    static Initializer forActivation(String activation) {
        return switch (activation) {
            case "relu", "leakyRelu", "elu", "gelu", "softplus" -> heNormal();
            case "sigmoid", "tanh", "binarize", "binarizeBlock", "none" -> xavierNormal();
            default -> throw Layers.unknownActivation(activation);
        };
    }

    /**
     * The initialiser written as {@code zeros}, {@code ones}, {@code constant:0.1}, {@code uniform:-0.1:0.1}, {@code normal:0:0.01},
     * {@code xavierUniform[:gain]}, {@code xavierNormal[:gain]}, {@code heNormal}, {@code heUniform} or {@code default}; case, {@code -}
     * and {@code _} in the name do not matter.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static Initializer parse(String text) {
        String[] parts = text.trim().split(":", -1);
        double[] numbers = new double[parts.length - 1];
        for (int i = 0; i < numbers.length; i++) {
            try {
                numbers[i] = Double.parseDouble(parts[i + 1]);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("initializer \"" + text + "\": \"" + parts[i + 1] + "\" is not a number.");
            }
        }
        String name = parts[0].toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
        return switch (name + ":" + numbers.length) {
            case "zeros:0" -> zeros();
            case "ones:0" -> ones();
            case "constant:1" -> constant(numbers[0]);
            case "uniform:2" -> uniform(numbers[0], numbers[1]);
            case "normal:2" -> normal(numbers[0], numbers[1]);
            case "xavieruniform:0" -> xavierUniform();
            case "xavieruniform:1" -> xavierUniform(numbers[0]);
            case "xaviernormal:0" -> xavierNormal();
            case "xaviernormal:1" -> xavierNormal(numbers[0]);
            case "henormal:0" -> heNormal();
            case "heuniform:0" -> heUniform();
            case "default:0" -> layerDefault();
            default -> throw new IllegalArgumentException("initializer \"" + text + "\" is unknown; known are zeros, ones, constant:c, "
                    + "uniform:low:high, normal:mean:deviation, xavierUniform[:gain], xavierNormal[:gain], heNormal, heUniform, default.");
        };
    }

    /** {@code (C_in / groups) K²}: the product of all extents but the first. */
    static long fanIn(Shape shape) {
        require(shape.rank() >= 2, "initializer: shape %s has no fans, needs rank >= 2 [out, in, ...].", shape);
        return Arrays.stream(shape.toArray()).skip(1).reduce(1, Math::multiplyExact);
    }

    /** {@code C_out K²}: the product of all extents but the second. */
    static long fanOut(Shape shape) {
        require(shape.rank() >= 2, "initializer: shape %s has no fans, needs rank >= 2 [out, in, ...].", shape);
        return Math.multiplyExact(shape.dim(0), Arrays.stream(shape.toArray()).skip(2).reduce(1, Math::multiplyExact));
    }

    /** This initialiser for a layer's bias: the layer default takes the fan of the weight. */
    default Initializer forBias(Shape weight) {
        return this instanceof LayerDefault(long fan) && fan == 0 ? new LayerDefault(fanIn(weight)) : this;
    }

    /** A fresh tensor of initial values from the Philox stream {@code (seed, step 0, stream)}. */
    default Tensor create(TensorType type, long seed, int stream) {
        Shape shape = type.shape();
        return switch (this) {
            case Constant(double value) -> Tensor.full(type.dtype(), shape, value);
            case Uniform(double low, double high) -> InitialValues.uniform(type, low, high, seed, stream);
            case Normal(double mean, double deviation) -> InitialValues.normal(type, mean, deviation, seed, stream);
            case XavierUniform(double gain) -> symmetric(type, gain * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape))), seed, stream);
            case XavierNormal(double gain) ->
                InitialValues.normal(type, 0, gain * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape))), seed, stream);
            case HeNormal() -> InitialValues.normal(type, 0, Math.sqrt(2.0 / fanIn(shape)), seed, stream);
            case HeUniform() -> symmetric(type, Math.sqrt(6.0 / fanIn(shape)), seed, stream);
            case Given given -> given.copy(type);
            case LayerDefault(long fan) -> symmetric(type, 1 / Math.sqrt(fan > 0 ? fan : fanIn(shape)), seed, stream);
        };
    }

    private static Tensor symmetric(TensorType type, double bound, long seed, int stream) {
        return InitialValues.uniform(type, -bound, bound, seed, stream);
    }

    private static void require(boolean holds, String format, Object... args) {
        if (!holds) {
            throw new IllegalArgumentException(format.formatted(args));
        }
    }
}
