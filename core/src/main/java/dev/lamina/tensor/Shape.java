package dev.lamina.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Extents of a tensor, outermost first. Extents are 64-bit and may be 0; rank 0 is a scalar. Immutable and thread-safe.
 */
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] dims;

    private Shape(long[] dims) {
        this.dims = dims;
    }

    /**
     * A shape of these extents.
     *
     * @throws IllegalArgumentException if an extent is negative
     */
    public static Shape of(long... dims) {
        for (int axis = 0; axis < dims.length; axis++) {
            if (dims[axis] < 0) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(dims) + ": extent " + dims[axis] + " at axis " + axis + " is negative.");
            }
        }
        return dims.length == 0 ? SCALAR : new Shape(dims.clone());
    }

    /** The shape of rank 0, which holds one element. */
    public static Shape scalar() {
        return SCALAR;
    }

    /** Number of axes. */
    public int rank() {
        return dims.length;
    }

    /**
     * Extent along an axis; negative axes count from the end.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public long dim(int axis) {
        return dims[axis(axis)];
    }

    /**
     * The axis as a number in {@code [0, rank)}; negative axes count from the end.
     *
     * @throws IllegalArgumentException if there is no such axis
     */
    public int axis(int axis) {
        int positive = axis < 0 ? axis + dims.length : axis;
        if (positive < 0 || positive >= dims.length) {
            throw new IllegalArgumentException("axis " + axis + " is out of range for shape " + this + " of rank " + dims.length + ".");
        }
        return positive;
    }

    /**
     * Number of elements.
     *
     * @throws ArithmeticException if it exceeds 2^63 - 1
     */
    public long elements() {
        long product = 1;
        for (long dim : dims) {
            if (dim == 0) {
                return 0;
            }
        }
        for (long dim : dims) {
            try {
                product = Math.multiplyExact(product, dim);
            } catch (ArithmeticException e) {
                throw new ArithmeticException("shape " + this + " has more than 2^63 - 1 elements.");
            }
        }
        return product;
    }

    /**
     * Row-major strides in elements. An extent of 0 counts as 1; strides of an empty shape that exceed 2^63 - 1 are given as that.
     *
     * @throws ArithmeticException if the shape has more than 2^63 - 1 elements
     */
    public long[] strides() {
        boolean empty = elements() == 0;
        long[] strides = new long[dims.length];
        long stride = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            long extent = Math.max(1, dims[axis]);
            stride = empty && stride > Long.MAX_VALUE / extent ? Long.MAX_VALUE : stride * extent;
        }
        return strides;
    }

    /**
     * The index of an element.
     *
     * @param element its number in row-major order
     */
    public List<Long> position(long element) {
        List<Long> position = new ArrayList<>();
        long[] strides = strides();
        for (int axis = 0; axis < strides.length; axis++) {
            position.add(element / strides[axis] % dims[axis]);
        }
        return List.copyOf(position);
    }

    /** A fresh array of the extents. */
    public long[] toArray() {
        return dims.clone();
    }

    /** This shape with one extent replaced. */
    public Shape with(int axis, long extent) {
        long[] changed = dims.clone();
        changed[axis(axis)] = extent;
        return of(changed);
    }

    /**
     * The common shape of two operands under NumPy's rule: aligned at the last axis, an extent of 1 stretches.
     *
     * @throws IllegalArgumentException if some pair of extents differs and neither is 1
     */
    public static Shape broadcast(Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        long[] common = new long[rank];
        for (int fromEnd = 1; fromEnd <= rank; fromEnd++) {
            long p = fromEnd <= a.rank() ? a.dims[a.rank() - fromEnd] : 1;
            long q = fromEnd <= b.rank() ? b.dims[b.rank() - fromEnd] : 1;
            if (p != q && p != 1 && q != 1) {
                throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast: extents " + p + " and " + q
                        + " at axis -" + fromEnd + " differ and neither is 1.");
            }
            common[rank - fromEnd] = p == 1 ? q : p;
        }
        return of(common);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** For example {@code [8, 3, 32, 32]}; a scalar is {@code []}. */
    @Override
    public String toString() {
        return LongStream.of(dims).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
