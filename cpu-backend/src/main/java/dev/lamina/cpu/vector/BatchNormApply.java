package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@code y = max(floor, scale (x - mean) + shift + residual)} with a mean, scale and shift for each lane of a period. */
final class BatchNormApply implements ImagesSweep {
    final float[] means;
    final float[] scales;
    final float[] shifts;
    private final float least;
    private long x;
    private long y;
    private long residual;
    private boolean sums;

    BatchNormApply(int period, BatchNorm.Activation activation) {
        means = ImagesSweep.lanes(period);
        scales = ImagesSweep.lanes(period);
        shifts = ImagesSweep.lanes(period);
        least = switch (activation) {
            case NONE -> Float.NEGATIVE_INFINITY;
            case RELU -> 0;
        };
    }

    /** Normalises a chunk. */
    void compute(ImagesChannels view, int chunk, long from, Pointer added, long to) {
        x = from;
        y = to;
        sums = added != null;
        residual = sums ? added.address() : 0;
        view.sweep(this, chunk);
    }

    @Override
    public void wide(long offset, int rows, long stride, int lane) {
        if (sums) {
            wideSum(offset, rows, stride, lane);
        } else {
            wideAlone(offset, rows, stride, lane);
        }
    }

    /** The floor, which raises what is not above it, leaves NaN. */
    private void wideAlone(long offset, int rows, long stride, int lane) {
        FloatVector m0 = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector m1 = FloatVector.fromArray(FLOATS, means, lane + LANES);
        FloatVector a0 = FloatVector.fromArray(FLOATS, scales, lane);
        FloatVector a1 = FloatVector.fromArray(FLOATS, scales, lane + LANES);
        FloatVector b0 = FloatVector.fromArray(FLOATS, shifts, lane);
        FloatVector b1 = FloatVector.fromArray(FLOATS, shifts, lane + LANES);
        FloatVector floor = FloatVector.broadcast(FLOATS, least);
        long at = x + offset;
        long to = y - x;
        for (int row = 0; row < rows; row++) {
            FloatVector y0 = fromMemorySegment(FLOATS, ALL, at, ORDER).sub(m0).fma(a0, b0);
            FloatVector y1 = fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER).sub(m1).fma(a1, b1);
            y0.blend(floor, y0.compare(VectorOperators.LE, floor)).intoMemorySegment(ALL, at + to, ORDER);
            y1.blend(floor, y1.compare(VectorOperators.LE, floor)).intoMemorySegment(ALL, at + to + BYTES, ORDER);
            at += stride;
        }
    }

    private void wideSum(long offset, int rows, long stride, int lane) {
        FloatVector m0 = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector m1 = FloatVector.fromArray(FLOATS, means, lane + LANES);
        FloatVector a0 = FloatVector.fromArray(FLOATS, scales, lane);
        FloatVector a1 = FloatVector.fromArray(FLOATS, scales, lane + LANES);
        FloatVector b0 = FloatVector.fromArray(FLOATS, shifts, lane);
        FloatVector b1 = FloatVector.fromArray(FLOATS, shifts, lane + LANES);
        FloatVector floor = FloatVector.broadcast(FLOATS, least);
        long at = x + offset;
        long to = y - x;
        long by = residual - x;
        for (int row = 0; row < rows; row++) {
            FloatVector r0 = fromMemorySegment(FLOATS, ALL, at + by, ORDER);
            FloatVector y0 = fromMemorySegment(FLOATS, ALL, at, ORDER).sub(m0).fma(a0, b0).add(r0);
            FloatVector r1 = fromMemorySegment(FLOATS, ALL, at + by + BYTES, ORDER);
            FloatVector y1 = fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER).sub(m1).fma(a1, b1).add(r1);
            y0.blend(floor, y0.compare(VectorOperators.LE, floor)).intoMemorySegment(ALL, at + to, ORDER);
            y1.blend(floor, y1.compare(VectorOperators.LE, floor)).intoMemorySegment(ALL, at + to + BYTES, ORDER);
            at += stride;
        }
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        FloatVector mean = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector scale = FloatVector.fromArray(FLOATS, scales, lane);
        FloatVector shift = FloatVector.fromArray(FLOATS, shifts, lane);
        FloatVector floor = FloatVector.broadcast(FLOATS, least);
        long at = x + offset;
        long to = y - x;
        // Without a residual x is loaded once more in its place and left out by the mask.
        long by = sums ? residual - x : 0;
        VectorMask<Float> added = FLOATS.indexInRange(0, sums ? count : 0);
        for (int row = 0; row < rows; row++) {
            FloatVector normalised = fromMemorySegment(FLOATS, ALL, at, ORDER, mask).sub(mean).fma(scale, shift);
            FloatVector sum = normalised.add(fromMemorySegment(FLOATS, ALL, at + by, ORDER, added));
            sum.blend(floor, sum.compare(VectorOperators.LE, floor)).intoMemorySegment(ALL, at + to, ORDER, mask);
            at += stride;
        }
    }
}
