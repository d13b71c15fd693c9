package dev.lamina.rbm;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;

/**
 * A machine's variables in a graph, and what its layers compute of each other. Inputs x {@code [N, H]} of hidden and y {@code [N, V]} of
 * visible units are those of {@link HiddenUnit} and {@link VisibleUnit}. Belongs to its graph's thread.
 */
public final class Machine {
    /** Variable: W {@code [V, H]}. */
    public static final String WEIGHT = "rbm.weight";
    /** Variable: a {@code [V]}. */
    public static final String VISIBLE_BIAS = "rbm.visibleBias";
    /** Variable: b {@code [H]}. */
    public static final String HIDDEN_BIAS = "rbm.hiddenBias";

    private final Rbm rbm;
    private final Value weight;
    private final Value visibleBias;
    private final Value hiddenBias;

    /** Adds, or finds again, the variables of a machine. */
    public Machine(GraphBuilder graph, Rbm rbm, DType dtype) {
        this.rbm = rbm;
        this.weight = graph.variable(WEIGHT, rbm.weightType(dtype), true);
        this.visibleBias = graph.variable(VISIBLE_BIAS, rbm.visibleType(dtype), true);
        this.hiddenBias = graph.variable(HIDDEN_BIAS, rbm.hiddenType(dtype), true);
    }

    /** W. */
    public Value weight() {
        return weight;
    }

    /** a. */
    public Value visibleBias() {
        return visibleBias;
    }

    /** b. */
    public Value hiddenBias() {
        return hiddenBias;
    }

    /**
     * Data as visible values {@code [N, V]}.
     *
     * @param data {@code [N, ...]} with V numbers a sample, of the machine's type, or uint8 pixels, which are divided by 255
     */
    public Value visible(Value data) {
        Value flat = Shaping.flatten(data);
        if (flat.shape().dim(1) != rbm.visible()) {
            throw new IllegalArgumentException("rbm: samples " + data.shape() + " have " + flat.shape().dim(1) + " numbers each, the "
                    + "machine has " + rbm.visible() + " visible units (must be equal).");
        }
        return data.dtype() == DType.UINT8 ? Pointwise.cast(flat, weight.dtype()).times(1 / 255.0) : flat;
    }

    /** {@code x = b + v W}. */
    public Value hiddenInput(Value v) {
        return v.graph().add(new MatMul(false, false), v, weight, hiddenBias);
    }

    /** {@code y = a + h Wᵀ}. */
    public Value visibleInput(Value h) {
        return MatMul.linear(h, weight, visibleBias);
    }

    /** The hidden units' mean, or for NReLU what its noise-free unit gives. */
    public Value hiddenMean(Value x) {
        return switch (rbm.hiddenUnit()) {
            case BINARY -> Pointwise.sigmoid(x);
            case NRELU -> Pointwise.relu(x);
        };
    }

    /** A draw of the hidden units. */
    public Value hiddenSample(Value x) {
        return switch (rbm.hiddenUnit()) {
            case BINARY -> Random.bernoulli(Pointwise.sigmoid(x));
            case NRELU -> Pointwise.relu(x.plus(Pointwise.sqrt(Pointwise.sigmoid(x)).times(noise(x.type(), x.graph()))));
        };
    }

    /** The visible units' mean. */
    public Value visibleMean(Value y) {
        return switch (rbm.visibleUnit()) {
            case BINARY -> Pointwise.sigmoid(y);
            case GAUSSIAN -> y;
        };
    }

    /** A draw of the visible units. */
    public Value visibleSample(Value y) {
        return switch (rbm.visibleUnit()) {
            case BINARY -> Random.bernoulli(Pointwise.sigmoid(y));
            case GAUSSIAN -> y.plus(noise(y.type(), y.graph()));
        };
    }

    private static Value noise(TensorType type, GraphBuilder graph) {
        return Random.normal(graph, type, 0, 1);
    }

    /**
     * The free energy {@code [N]} of visible values: {@code F(v) = -a·v - Σ_j softplus(x_j)}; for NReLU the softplus is
     * {@link SteppedSigmoid#freeEnergy(Value)}, that of the idealised unit, so that F serves for comparisons only; for Gaussian visible
     * units the first term is {@code |v - a|² / 2}.
     */
    public Value freeEnergy(Value v) {
        Value x = hiddenInput(v);
        Value hiddenTerm = switch (rbm.hiddenUnit()) {
            case BINARY -> Pointwise.softplus(x);
            case NRELU -> SteppedSigmoid.freeEnergy(x);
        };
        Value visibleTerm = switch (rbm.visibleUnit()) {
            case BINARY -> Pointwise.negate(v.times(visibleBias));
            case GAUSSIAN -> Pointwise.square(v.minus(visibleBias)).times(0.5);
        };
        return Reduction.sum(visibleTerm, 1).minus(Reduction.sum(hiddenTerm, 1));
    }

    /** {@code [N]}: squared error of what the hidden means reconstruct, summed over the visible units. */
    public Value meanFieldError(Value v) {
        Value reconstruction = visibleMean(visibleInput(hiddenMean(hiddenInput(v))));
        return Reduction.sum(Pointwise.square(v.minus(reconstruction)), 1);
    }
}
