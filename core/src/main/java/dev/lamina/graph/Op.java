package dev.lamina.graph;

import java.util.List;
import java.util.Optional;

/**
 * What a node computes: a record whose components are the op's attributes. The families are sealed, so that a backend lowers ops in an
 * exhaustive {@code switch} and the compiler names every place a new op must be given.
 *
 * <p>To add an op: write its record (shape rule, cost, gradient) and the function that adds it in its family's file, a kernel in each
 * backend, and a row in the tests' case list.
 */
public sealed interface Op
        permits Source, Convolution, Pooling, DtPool, MatMul, Pointwise, Normalization, Softmax, Loss, Reduction, Shaping, Random, Update {

    /** The name users see, e.g. {@code conv2d}. */
    String name();

    /**
     * The shape and type rule.
     *
     * @throws GraphException if the operands break it
     */
    List<TensorType> infer(OpInputs in);

    /** Multiply-accumulates of one execution; 0 unless the op is a matrix product or a convolution. */
    default long macs(List<TensorType> inputs, List<TensorType> outputs) {
        return 0;
    }

    /** Floating-point operations of one execution: 2 for each multiply-accumulate, else 1 for each output element. */
    default long flops(List<TensorType> inputs, List<TensorType> outputs) {
        long macs = macs(inputs, outputs);
        return macs > 0 ? Math.multiplyExact(2, macs) : outputs.isEmpty() ? 0 : outputs.getFirst().elements();
    }

    /**
     * Adds the nodes that compute the gradient of the loss by each input from those by the outputs.
     *
     * @return one value per input, of the input's type, or null where the loss does not depend on the input differentiably
     */
    Value[] gradient(Backward back);

    /** Why this op has no usable derivative, if it has none. {@link Gradients} then lets nothing through. */
    default Optional<String> whyNoGradient() {
        return Optional.empty();
    }

    /** True if output 0 may take the memory of an operand of equal type that nobody reads later. */
    default boolean inPlace() {
        return false;
    }

    /** True if output 0 is operand 0 under another shape, so that no work is needed. */
    default boolean isView() {
        return false;
    }
}
