package dev.lamina.cpu.reference;

import dev.lamina.graph.Shaping;
import dev.lamina.tensor.Elements;
import dev.lamina.tensor.Shape;

/** Moves of elements, by size, without looking at them. No shaping op runs in place, so operand and result never share memory. */
final class ShapingKernels {
    private ShapingKernels() { }

    static void transpose(Shaping.Transpose op, Call call) {
        long[] own = call.shape(0).strides();
        readStrided(call, 0, op.order().stream().mapToLong(axis -> own[axis]).toArray());
    }

    static void broadcastTo(Call call) {
        readStrided(call, 0, Strided.stretched(call.shape(0), call.outShape(0)));
    }

    static void slice(Shaping.Slice op, Call call) {
        long[] strides = call.shape(0).strides();
        long start = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            start += op.starts().get(axis) * strides[axis];
            strides[axis] *= op.steps().get(axis);
        }
        readStrided(call, start, strides);
    }

    static void reverse(Shaping.Reverse op, Call call) {
        long[] strides = call.shape(0).strides();
        long start = 0;
        for (int axis : op.axes()) {
            int a = call.shape(0).axis(axis);
            start += (call.shape(0).dim(a) - 1) * strides[a];
            strides[a] = -strides[a];
        }
        readStrided(call, start, strides);
    }

    /** Fills the result in row-major order from the operand's elements at a start and strides. */
    private static void readStrided(Call call, long start, long[] strides) {
        int size = call.dtype(0).bytes();
        Strided.each(call.outShape(0), start, strides, 0, call.outShape(0).strides(),
                (a, sa, b, sb, n) -> Buffers.copyRow(size, call.in()[0], a, sa, call.out()[0], b, sb, n));
    }

    static void pad(Shaping.Pad op, Call call) {
        int size = call.dtype(0).bytes();
        for (long i = 0; i < call.outSize(0); i++) {
            Elements.set(call.out()[0], call.outDtype(0), i, op.value());
        }
        long[] strides = call.outShape(0).strides();
        long start = 0;
        for (int axis = 0; axis < strides.length; axis++) {
            start += op.before().get(axis) * strides[axis];
            strides[axis] *= op.interior().get(axis) + 1;
        }
        Strided.each(call.shape(0), 0, call.shape(0).strides(), start, strides,
                (a, sa, b, sb, n) -> Buffers.copyRow(size, call.in()[0], a, sa, call.out()[0], b, sb, n));
    }

    static void concat(Shaping.Concat op, Call call) {
        Shape out = call.outShape(0);
        int axis = out.axis(op.axis());
        int size = call.outDtype(0).bytes();
        long row = out.dim(axis) * out.strides()[axis];
        long at = 0;
        for (int i = 0; i < call.operands(); i++) {
            if (call.size(i) == 0) {
                continue;
            }
            int part = (int) (call.shape(i).dim(axis) * out.strides()[axis]);
            for (long outer = 0; outer < call.size(i) / part; outer++) {
                Buffers.copyRow(size, call.in()[i], outer * part, 1, call.out()[0], outer * row + at, 1, part);
            }
            at += part;
        }
    }

    /** Indices made non-negative. */
    private static long[] indices(Call call, long extent) {
        long[] indices = call.loadLongs(1);
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] < -extent || indices[i] >= extent) {
                throw call.error("index " + indices[i] + " at position " + i + " is outside an axis of extent " + extent + ".");
            }
            indices[i] = indices[i] < 0 ? indices[i] + extent : indices[i];
        }
        return indices;
    }

    static void gather(Shaping.Gather op, Call call) {
        Shape x = call.shape(0);
        int axis = x.axis(op.axis());
        long extent = x.dim(axis);
        long[] indices = indices(call, extent);
        if (call.outSize(0) == 0) {
            return;
        }
        int inner = (int) x.strides()[axis];
        int size = call.dtype(0).bytes();
        long outer = call.size(0) / (extent * inner);
        for (long o = 0; o < outer; o++) {
            for (int i = 0; i < indices.length; i++) {
                Buffers.copyRow(size, call.in()[0], (o * extent + indices[i]) * inner, 1,
                        call.out()[0], (o * indices.length + i) * inner, 1, inner);
            }
        }
    }

    static void gatherGradient(Shaping.GatherGradient op, Call call) {
        Shape x = call.outShape(0);
        int axis = x.axis(op.axis());
        int extent = (int) x.dim(axis);
        long[] indices = indices(call, extent);
        double[] g = call.load(0);
        double[] sums = new double[call.outSize(0)];
        if (g.length > 0) {
            int inner = (int) x.strides()[axis];
            int outer = sums.length / (extent * inner);
            for (int o = 0; o < outer; o++) {
                for (int i = 0; i < indices.length; i++) {
                    int from = (o * indices.length + i) * inner;
                    int to = (int) (o * extent + indices[i]) * inner;
                    for (int k = 0; k < inner; k++) {
                        sums[to + k] += g[from + k];
                    }
                }
            }
        }
        call.store(0, sums);
    }
}
