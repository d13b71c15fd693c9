package dev.lamina.check;

/** Kinds of defects that can be planted, see {@link Fault}. */
public enum FaultKind {
    /** One element of the result is NaN. */
    NAN,
    /** One element of the result is infinite. */
    INFINITY,
    /** One element of the result is off by a thousandth of the largest. */
    WRONG_ELEMENT,
    /** The last elements of the result keep what lay in memory. */
    UNWRITTEN_TAIL,
    /** The result is all zero, as if the kernel had not run. */
    ZERO,
    /** The result is that of the run before. */
    STALE,
    /** A sum whose rounding changes from run to run. */
    NOT_REPEATABLE,
    /** Operands are rounded to bfloat16. */
    NARROW,
    /** The last terms of each sum are left out. */
    TRUNCATED_SUM,
    /** The result is scaled by n / (n - 1). */
    WRONG_DIVISOR,
    /** Elements are shifted by one along the last axis. */
    SHIFTED,
    /** The sign is wrong. */
    NEGATED,
    /** Two operands of one type are swapped; for a gradient, two results. */
    SWAPPED,
    /** A bias is not added. */
    MISSING_BIAS,
    /** A convolution or pooling steps one element further than it should. */
    WRONG_STRIDE,
    /** A convolution or pooling starts one element off. */
    WRONG_PADDING,
    /** Draws come from another stream of random numbers. */
    WRONG_STREAM,
    /** A variable is not updated. */
    DROPPED_UPDATE;

    /** As users write it: lower case, words joined by hyphens. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
