package dev.lamina.rbm;

import dev.lamina.backend.State;
import dev.lamina.data.Dataset;
import dev.lamina.nn.Initializer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/**
 * A machine with its numbers. Immutable as long as nobody writes to the tensors.
 *
 * @param rbm the machine
 * @param weight W {@code [V, H]}
 * @param visibleBias a {@code [V]}
 * @param hiddenBias b {@code [H]}
 */
public record RbmParameters(Rbm rbm, Tensor weight, Tensor visibleBias, Tensor hiddenBias) {
    /** Philox streams of the initial weights; those of {@link dev.lamina.nn.Parameters} count down from -1 under the same seed. */
    private static final int STREAM = Integer.MIN_VALUE;

    /** Checks the shapes. */
    public RbmParameters {
        check(weight, rbm.weightType(weight.dtype()).shape(), weight.dtype(), "weight");
        check(visibleBias, Shape.of(rbm.visible()), weight.dtype(), "visible bias");
        check(hiddenBias, Shape.of(rbm.hidden()), weight.dtype(), "hidden bias");
    }

    private static void check(Tensor tensor, Shape shape, DType dtype, String name) {
        Ranges.require(dtype.isFloating() && tensor.dtype() == dtype && tensor.shape().equals(shape), "%s is %s %s, needs %s %s.", name,
                tensor.dtype(), tensor.shape(), dtype.isFloating() ? dtype : "a floating-point type", shape);
    }

    /**
     * How learning starts (Hinton 2010, section 8): weights N(0, 0.01²), hidden biases as told, visible biases {@code log(p / (1 - p))} of
     * the data's means p, clipped to [0.01, 0.99]; the means themselves for Gaussian units.
     *
     * @param hiddenBias 0, or about -4 for sparsity
     */
    public static RbmParameters initial(Rbm rbm, Dataset data, double hiddenBias, long seed) {
        Tensor weight = Initializer.normal(0, 0.01).create(rbm.weightType(DType.FLOAT32), seed, STREAM);
        double[] mean = VisibleData.mean(data);
        Tensor visibleBias = Tensor.zeros(DType.FLOAT32, Shape.of(rbm.visible()));
        for (int i = 0; i < mean.length; i++) {
            double p = Math.clamp(mean[i], 0.01, 0.99);
            visibleBias.set(switch (rbm.visibleUnit()) {
                case BINARY -> Math.log(p / (1 - p));
                case GAUSSIAN -> mean[i];
            }, i);
        }
        return new RbmParameters(rbm, weight, visibleBias, Tensor.full(DType.FLOAT32, Shape.of(rbm.hidden()), hiddenBias));
    }

    /** Copies of what a state holds. */
    public static RbmParameters of(Rbm rbm, State state) {
        return new RbmParameters(rbm, state.get(Machine.WEIGHT), state.get(Machine.VISIBLE_BIAS), state.get(Machine.HIDDEN_BIAS));
    }

    /** Writes the numbers into a state. */
    public void writeTo(State state) {
        state.set(Machine.WEIGHT, weight);
        state.set(Machine.VISIBLE_BIAS, visibleBias);
        state.set(Machine.HIDDEN_BIAS, hiddenBias);
    }
}
