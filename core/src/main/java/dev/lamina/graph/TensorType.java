package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;

/** Element type and shape of a value. */
public record TensorType(DType dtype, Shape shape) {
    /** A type of these extents. */
    public static TensorType of(DType dtype, long... dims) {
        return new TensorType(dtype, Shape.of(dims));
    }

    /** Number of elements. */
    public long elements() {
        return shape.elements();
    }

    /**
     * Bytes of the elements, without alignment.
     *
     * @throws ArithmeticException if they exceed 2^63 - 1
     */
    public long bytes() {
        return Math.multiplyExact(shape.elements(), dtype.bytes());
    }

    /** The same element type under another shape. */
    public TensorType withShape(Shape other) {
        return new TensorType(dtype, other);
    }

    /** The same shape under another element type. */
    public TensorType withDType(DType other) {
        return new TensorType(other, shape);
    }

    /** For example {@code float32 [8, 3, 32, 32]}. */
    @Override
    public String toString() {
        return dtype + " " + shape;
    }
}
