package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Shaping;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Moves of elements of small tensors in host memory. */
final class HostShapes {
    private HostShapes() { }

    static Tensor broadcastTo(Tensor x, Shape shape) {
        if (x.shape().equals(shape)) {
            return x;
        }
        if (!Shape.broadcast(x.shape(), shape).equals(shape)) {
            throw new IllegalArgumentException("shape " + x.shape() + " does not broadcast to " + shape + ".");
        }
        long[] own = x.shape().strides();
        long[] strides = new long[shape.rank()];
        int extra = strides.length - own.length;
        for (int axis = extra; axis < strides.length; axis++) {
            strides[axis] = x.shape().dim(axis - extra) == 1 ? 0 : own[axis - extra];
        }
        return strided(x, shape, 0, strides);
    }

    static Tensor concat(int axis, List<Tensor> parts) {
        Tensor first = parts.getFirst();
        long extent = 0;
        for (Tensor part : parts) {
            if (part.dtype() != first.dtype() || part.shape().rank() != first.shape().rank()
                    || !part.shape().with(axis, 0).equals(first.shape().with(axis, 0))) {
                throw new IllegalArgumentException(first.dtype() + " " + first.shape() + " and " + part.dtype() + " " + part.shape()
                        + " do not join at axis " + axis + ": types and other extents must be equal.");
            }
            extent += part.shape().dim(axis);
        }
        Tensor joined = Tensor.zeros(first.dtype(), first.shape().with(axis, extent));
        long at = 0;
        for (Tensor part : parts) {
            long end = at + part.shape().dim(axis);
            joined.slice(axis, at, end).copyFrom(part);
            at = end;
        }
        return joined;
    }

    static Tensor slice(Tensor x, Shaping.Slice slice) {
        long[] strides = x.shape().strides();
        long[] dims = new long[strides.length];
        long start = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            dims[axis] = Math.ceilDiv(slice.ends().get(axis) - slice.starts().get(axis), slice.steps().get(axis));
            start += slice.starts().get(axis) * strides[axis];
            strides[axis] *= slice.steps().get(axis);
        }
        return strided(x, Shape.of(dims), start, strides);
    }

    static Tensor reverse(Tensor x, int axis) {
        long[] strides = x.shape().strides();
        long start = (x.shape().dim(axis) - 1) * strides[axis];
        strides[axis] = -strides[axis];
        return strided(x, x.shape(), start, strides);
    }

    /** A constant border, with a width before and after every axis. */
    static Tensor pad(Tensor x, List<Long> before, List<Long> after, double value) {
        Shape shape = x.shape();
        for (int axis = 0; axis < before.size(); axis++) {
            shape = shape.with(axis, before.get(axis) + x.shape().dim(axis) + after.get(axis));
        }
        Tensor padded = Tensor.full(x.dtype(), shape, value);
        Tensor inner = padded;
        for (int axis = 0; axis < before.size(); axis++) {
            inner = inner.slice(axis, before.get(axis), before.get(axis) + x.shape().dim(axis));
        }
        inner.copyFrom(x);
        return padded;
    }

    /** Positions along an axis, negative ones counted from its end. */
    static Tensor gather(Tensor x, Tensor indices, int axis) {
        long extent = x.shape().dim(axis);
        long[] positions = indices.toLongs();
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] < -extent || positions[i] >= extent) {
                throw new IllegalArgumentException("index " + positions[i] + " is outside axis " + axis + " of shape " + x.shape() + ".");
            }
            positions[i] += positions[i] < 0 ? extent : 0;
        }
        long inner = x.shape().strides()[axis];
        Shape shape = gathered(x.shape(), indices.shape(), axis);
        return pick(x, shape, i -> {
            long outer = i / inner / positions.length;
            return (outer * extent + positions[(int) (i / inner % positions.length)]) * inner + i % inner;
        });
    }

    /** The shape of {@link #gather}'s result. */
    static Shape gathered(Shape x, Shape indices, int axis) {
        long[] dims = new long[x.rank() - 1 + indices.rank()];
        for (int a = 0; a < dims.length; a++) {
            dims[a] = a < axis ? x.dim(a) : a < axis + indices.rank() ? indices.dim(a - axis) : x.dim(a - indices.rank() + 1);
        }
        return Shape.of(dims);
    }

    /** Elements in row-major order of the result, from a start on and with strides. */
    private static Tensor strided(Tensor x, Shape shape, long start, long[] strides) {
        long[] own = shape.strides();
        return pick(x, shape, i -> {
            long at = start;
            for (int axis = 0; axis < strides.length; axis++) {
                at += i / own[axis] % shape.dim(axis) * strides[axis];
            }
            return at;
        });
    }

    private static Tensor pick(Tensor x, Shape shape, LongUnaryOperator source) {
        Tensor result = Tensor.zeros(x.dtype(), shape);
        MemorySegment from = x.contiguous().memory();
        MemorySegment to = result.memory();
        int size = x.dtype().bytes();
        for (long i = 0; i < shape.elements(); i++) {
            MemorySegment.copy(from, source.applyAsLong(i) * size, to, i * size, size);
        }
        return result;
    }
}
