package dev.lamina.rbm;

import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;

/**
 * A restricted Boltzmann machine: {@code E(v, h) = -a·v - b·h - vᵀ W h} with W {@code [V, H]}, the first term {@code (v - a)² / 2} for
 * Gaussian visible units. Immutable and thread-safe.
 *
 * @param visible visible units V, at least 1
 * @param hidden hidden units H, at least 1
 * @param visibleUnit kind of the visible units
 * @param hiddenUnit kind of the hidden units
 * @param options how it learns
 */
public record Rbm(int visible, int hidden, VisibleUnit visibleUnit, HiddenUnit hiddenUnit, RbmOptions options) {
    /** Checks the numbers. */
    public Rbm {
        Ranges.require(visible >= 1, "visible = %s units, needs >= 1.", visible);
        Ranges.require(hidden >= 1, "hidden = %s units, needs >= 1.", hidden);
        Ranges.require(hiddenUnit != HiddenUnit.BINARY || !options.sparsity().used() || options.sparsity().target() < 1,
                "sparsity target = %s, hidden units are BINARY; needs a target below 1.", options.sparsity().target());
    }

    /** A machine with the usual options of its units. */
    public static Rbm of(int visible, int hidden, VisibleUnit visibleUnit, HiddenUnit hiddenUnit) {
        return new Rbm(visible, hidden, visibleUnit, hiddenUnit, RbmOptions.defaults(hiddenUnit));
    }

    /** A machine of binary units. */
    public static Rbm binary(int visible, int hidden) {
        return of(visible, hidden, VisibleUnit.BINARY, HiddenUnit.BINARY);
    }

    /** Noisy rectified linear hidden units over binary visible ones. */
    public static Rbm nrelu(int visible, int hidden) {
        return of(visible, hidden, VisibleUnit.BINARY, HiddenUnit.NRELU);
    }

    /** This machine with other options. */
    public Rbm with(RbmOptions other) {
        return new Rbm(visible, hidden, visibleUnit, hiddenUnit, other);
    }

    /** The usual learning rate: 0.001 with Gaussian visible units, else 0.01 with NReLU and 0.1 with binary hidden units. */
    public double defaultRate() {
        return switch (visibleUnit) {
            case GAUSSIAN -> 0.001;
            case BINARY -> switch (hiddenUnit) {
                case BINARY -> 0.1;
                case NRELU -> 0.01;
            };
        };
    }

    TensorType weightType(DType dtype) {
        return new TensorType(dtype, Shape.of(visible, hidden));
    }

    TensorType visibleType(DType dtype) {
        return new TensorType(dtype, Shape.of(visible));
    }

    TensorType hiddenType(DType dtype) {
        return new TensorType(dtype, Shape.of(hidden));
    }
}
