package dev.lamina.graph.cases;

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
 * @param operands what to draw
 * @param body adds the op and returns the results
 */
public record OpCase(String name, boolean differentiable, long reduction, List<Operand> operands, Body body) {

    /** Adds a case's nodes. */
    @FunctionalInterface
    public interface Body {
        List<Value> build(GraphBuilder graph, DType floating, List<Value> operands);
    }

    /**
     * The largest difference from exact arithmetic that a floating type explains, relative to the largest magnitude of a result: 16
     * roundings for the function itself and, as errors of a sum spread like a random walk, 4 times the square root of its terms.
     */
    public double tolerance(DType dtype) {
        return dtype.epsilon() * (16 + 4 * Math.sqrt(reduction));
    }

    @Override
    public String toString() {
        return name;
    }
}
