package dev.lamina.graph.cases;

import dev.lamina.backend.Tolerance;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.List;

/**
 * One use of an op on drawn operands, for every backend to run.
 *
 * @param name unique
 * @param differentiable whether gradients exist at the drawn operands and may be compared with differences
 * @param reduction how many products or terms one result sums, for the tolerance
 * @param scale magnitude of the sums that a result passes through: 1, or more where a function squashes a sum, whose error stays
 * @param operands what to draw
 * @param body adds the op and returns the results
 */
public record OpCase(String name, boolean differentiable, long reduction, double scale, List<Operand> operands, Body body) {

    /** Adds a case's nodes. */
    @FunctionalInterface
    public interface Body {
        List<Value> build(GraphBuilder graph, DType floating, List<Value> operands);
    }

    /** What a floating type may be away from exact arithmetic; operands, and so the terms of sums, have a magnitude of about 1. */
    public Tolerance tolerance(DType dtype) {
        return Tolerance.of(dtype, reduction).atLeast(scale);
    }

    @Override
    public String toString() {
        return name;
    }
}
