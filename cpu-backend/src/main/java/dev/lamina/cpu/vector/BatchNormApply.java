package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

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
            FloatVector y0 = raised(load(at).sub(m0).fma(a0, b0), floor);
            FloatVector y1 = raised(load(at + BYTES).sub(m1).fma(a1, b1), floor);
            store(y0, at + to);
            store(y1, at + to + BYTES);
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
            FloatVector y0 = raised(load(at).sub(m0).fma(a0, b0).add(load(at + by)), floor);
            FloatVector y1 = raised(load(at + BYTES).sub(m1).fma(a1, b1).add(load(at + by + BYTES)), floor);
            store(y0, at + to);
            store(y1, at + to + BYTES);
            at += stride;
        }
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = ImagesSweep.first(count);
        FloatVector mean = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector scale = FloatVector.fromArray(FLOATS, scales, lane);
        FloatVector shift = FloatVector.fromArray(FLOATS, shifts, lane);
        FloatVector floor = FloatVector.broadcast(FLOATS, least);
        long at = x + offset;
        long to = y - x;
        // Without a residual x is loaded once more in its place and left out by the mask.
        long by = sums ? residual - x : 0;
        VectorMask<Float> added = ImagesSweep.first(sums ? count : 0);
        for (int row = 0; row < rows; row++) {
            FloatVector normalised = ImagesSweep.load(at, mask).sub(mean).fma(scale, shift);
            ImagesSweep.store(raised(normalised.add(ImagesSweep.load(at + by, added)), floor), at + to, mask);
            at += stride;
        }
    }

    /** The larger; NaN stays NaN. */
    private static FloatVector raised(FloatVector value, FloatVector floor) {
        return value.blend(floor, value.compare(VectorOperators.LE, floor));
    }
}
