package dev.lamina.check.fault;

import dev.lamina.graph.GraphException;
import java.util.Arrays;
import java.util.Locale;

/** Kinds of defects that can be planted, see {@link Fault} and {@link Faults}. */
public enum FaultKind {
    /** One element of the result is NaN. */
    NAN,
    /** One element of the result is infinite. */
    INFINITY,
    /**
     * One element of the result is off by a thousandth of the largest, or by 64 ε where that is more; of an integer by one, a truth value
     * is the other one.
     */
    WRONG_ELEMENT,
    /** The last elements of the result keep what lay in memory. */
    UNWRITTEN_TAIL,
    /** The result is all zero, as if the kernel had not run. */
    ZERO,
    /** The result is that of the run before; zeros in the first run. */
    STALE,
    /**
     * A sum whose rounding changes from run to run: each element is scaled by up to 1 ± 8 ε, others in each run. That lies within every
     * tolerance, so only runs that are compared bit by bit show it.
     */
    NOT_REPEATABLE,
    /** Operands are rounded to bfloat16. */
    NARROW,
    /** The last terms of each sum are left out. */
    TRUNCATED_SUM,
    /**
     * A mean of n elements is scaled by n / (n - 1); batch normalisation uses the unbiased variance; local response normalisation divides
     * its α by the size though it should not, or the other way round.
     */
    WRONG_DIVISOR,
    /** Elements are shifted by one along the last axis, the first one to the end. */
    SHIFTED,
    /** Elements of the last two axes lie in column-major order. */
    TRANSPOSED,
    /** The sign is wrong; for an update that of the gradient or the value. */
    NEGATED,
    /** The result is added twice, as if memory had not been cleared before. */
    DOUBLED,
    /** Two operands of one type are swapped; for a gradient, two results, or the gradient takes the place of another of its type. */
    SWAPPED,
    /** Another axis is taken. */
    WRONG_AXIS,
    /** A bias is not added. */
    MISSING_BIAS,
    /** A convolution or pooling steps one element further than it should. */
    WRONG_STRIDE,
    /** A convolution or pooling starts one element off. */
    WRONG_PADDING,
    /** Of equal elements the last wins instead of the first. */
    WRONG_TIES,
    /** Of several values that belong into one place, one is kept instead of their sum. */
    LOST_ADDEND,
    /** Draws come from another stream of random numbers. */
    WRONG_STREAM,
    /** The number of the step is one too large. */
    WRONG_STEP,
    /** A variable is not updated. */
    DROPPED_UPDATE;

    /** As users write it: lower case, words joined by hyphens. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The kind of this label.
     *
     * @throws GraphException if there is none; the message lists all
     */
    public static FaultKind of(String label) {
        for (FaultKind kind : values()) {
            if (kind.label().equalsIgnoreCase(label)) {
                return kind;
            }
        }
        throw new GraphException("fault \"" + label + "\" is unknown; known are "
                + String.join(", ", Arrays.stream(values()).map(FaultKind::label).toList()) + ".");
    }
}
