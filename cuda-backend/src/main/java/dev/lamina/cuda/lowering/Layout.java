package dev.lamina.cuda.lowering;

import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import java.util.Arrays;

/**
 * How the elements of a value lie in device memory. Immutable and thread-safe.
 *
 * @param type the value's type in the graph
 * @param element the type of the elements in memory: the value's own, or bfloat16 for a float32 value in mixed precision
 * @param order order of the axes
 */
public record Layout(TensorType type, DType element, Order order) {
    /** A value of another rank than 4 has one order only. */
    public Layout {
        order = type.shape().rank() == 4 ? order : Order.PLAIN;
        if (element != type.dtype() && !(element == DType.BFLOAT16 && type.dtype() == DType.FLOAT32)) {
            throw new IllegalArgumentException("layout: " + type + " as " + element + "; only float32 may be held as bfloat16.");
        }
    }

    /** Row-major, in the value's own element type. */
    public static Layout plain(TensorType type) {
        return new Layout(type, type.dtype(), Order.PLAIN);
    }

    /** In this order, in the value's own element type. */
    public static Layout of(TensorType type, Order order) {
        return new Layout(type, type.dtype(), order);
    }

    /** The layout of another value in the same order, and in bfloat16 if this one is and the other may be. */
    public Layout like(TensorType other) {
        boolean narrow = isNarrow() && other.dtype() == DType.FLOAT32;
        return new Layout(other, narrow ? DType.BFLOAT16 : other.dtype(), order);
    }

    /** The same with another element type. */
    public Layout as(DType elements) {
        return new Layout(type, elements, order);
    }

    /** The same in another order. */
    public Layout in(Order wanted) {
        return new Layout(type, element, wanted);
    }

    /** Distance of neighbours along each axis in elements. */
    public long[] strides() {
        return order.strides(type.shape());
    }

    /** Size in bytes. */
    public long bytes() {
        return Math.multiplyExact(type.elements(), element.bytes());
    }

    /** True if memory in the other layout holds the same elements at the same places. */
    public boolean sameMemory(Layout other) {
        return element == other.element && type.shape().equals(other.type.shape()) && sameOrder(other);
    }

    /** True if elements at the same index lie at the same position. */
    public boolean sameOrder(Layout other) {
        return type.shape().equals(other.type.shape()) && Arrays.equals(effective(), other.effective());
    }

    /** True if memory is row-major and of the graph's own type. */
    public boolean isPlain() {
        return element == type.dtype() && sameOrder(plain(type));
    }

    /** Strides with those of axes of one element left out, as they reach nothing. */
    private long[] effective() {
        long[] strides = strides();
        for (int axis = 0; axis < strides.length; axis++) {
            if (type.shape().dim(axis) <= 1) {
                strides[axis] = 0;
            }
        }
        return strides;
    }

    /** True for a float32 value that is held as bfloat16. */
    public boolean isNarrow() {
        return element != type.dtype();
    }

    @Override
    public String toString() {
        String axes = type.shape().rank() != 4 ? "row-major" : order == Order.PLAIN ? "NCHW" : "NHWC";
        return element == type.dtype() ? axes : element + " " + axes;
    }
}
