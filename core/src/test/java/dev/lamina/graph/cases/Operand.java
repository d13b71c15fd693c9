package dev.lamina.graph.cases;

import dev.lamina.tensor.Shape;

/**
 * One operand of a case.
 *
 * @param draw how its elements are drawn
 * @param shape its extents
 * @param differentiate whether the gradient by it is wanted
 * @param variable whether it is a variable in the state instead of an input
 */
public record Operand(Draw draw, Shape shape, boolean differentiate, boolean variable) {
    /** An operand whose gradient is wanted if it is floating and the case is differentiable. */
    public static Operand of(Draw draw, long... dims) {
        return new Operand(draw, Shape.of(dims), draw.dtype() == null, false);
    }

    /** Numbers in [-2, 2). */
    public static Operand any(long... dims) {
        return of(Draw.any(), dims);
    }

    /** This operand without a gradient. */
    public Operand fixed() {
        return new Operand(draw, shape, false, variable);
    }

    /** This operand as a variable. */
    public Operand inState() {
        return new Operand(draw, shape, false, true);
    }
}
