package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@code dx = factor g + slope (x - mean) + shift} with these numbers for each lane of a period; g has passed a rectifier or not. */
final class BatchNormGradientApply implements ImagesSweep {
    final float[] means;
    final float[] factors;
    final float[] slopes;
    final float[] shifts;
    private long g;
    private long x;
    private long y;
    private long dx;
    private boolean rectified;

    BatchNormGradientApply(int period) {
        means = ImagesSweep.lanes(period);
        factors = ImagesSweep.lanes(period);
        slopes = ImagesSweep.lanes(period);
        shifts = ImagesSweep.lanes(period);
    }

    /** Writes a chunk's dx; output is null if g need not pass a rectifier. */
    void compute(ImagesChannels view, int chunk, long gradient, long input, Pointer output, long result) {
        g = gradient;
        x = input;
        dx = result;
        rectified = output != null;
        y = rectified ? output.address() : 0;
        view.sweep(this, chunk);
    }

    @Override
    public void wide(long offset, int rows, long stride, int lane) {
        if (rectified) {
            widePassed(offset, rows, stride, lane);
        } else {
            widePlain(offset, rows, stride, lane);
        }
    }

    private void widePlain(long offset, int rows, long stride, int lane) {
        FloatVector m0 = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector m1 = FloatVector.fromArray(FLOATS, means, lane + LANES);
        FloatVector k0 = FloatVector.fromArray(FLOATS, factors, lane);
        FloatVector k1 = FloatVector.fromArray(FLOATS, factors, lane + LANES);
        FloatVector a0 = FloatVector.fromArray(FLOATS, slopes, lane);
        FloatVector a1 = FloatVector.fromArray(FLOATS, slopes, lane + LANES);
        FloatVector b0 = FloatVector.fromArray(FLOATS, shifts, lane);
        FloatVector b1 = FloatVector.fromArray(FLOATS, shifts, lane + LANES);
        long at = g + offset;
        long byX = x - g;
        long to = dx - g;
        for (int row = 0; row < rows; row++) {
            FloatVector x0 = fromMemorySegment(FLOATS, ALL, at + byX, ORDER).sub(m0).fma(a0, b0);
            FloatVector x1 = fromMemorySegment(FLOATS, ALL, at + byX + BYTES, ORDER).sub(m1).fma(a1, b1);
            FloatVector d0 = fromMemorySegment(FLOATS, ALL, at, ORDER).fma(k0, x0);
            FloatVector d1 = fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER).fma(k1, x1);
            d0.intoMemorySegment(ALL, at + to, ORDER);
            d1.intoMemorySegment(ALL, at + to + BYTES, ORDER);
            at += stride;
        }
    }

    private void widePassed(long offset, int rows, long stride, int lane) {
        FloatVector m0 = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector m1 = FloatVector.fromArray(FLOATS, means, lane + LANES);
        FloatVector k0 = FloatVector.fromArray(FLOATS, factors, lane);
        FloatVector k1 = FloatVector.fromArray(FLOATS, factors, lane + LANES);
        FloatVector a0 = FloatVector.fromArray(FLOATS, slopes, lane);
        FloatVector a1 = FloatVector.fromArray(FLOATS, slopes, lane + LANES);
        FloatVector b0 = FloatVector.fromArray(FLOATS, shifts, lane);
        FloatVector b1 = FloatVector.fromArray(FLOATS, shifts, lane + LANES);
        long at = g + offset;
        long byX = x - g;
        long to = dx - g;
        FloatVector zero = FloatVector.zero(FLOATS);
        long byY = y - g;
        for (int row = 0; row < rows; row++) {
            VectorMask<Float> passes0 = fromMemorySegment(FLOATS, ALL, at + byY, ORDER).compare(VectorOperators.GT, zero);
            VectorMask<Float> passes1 = fromMemorySegment(FLOATS, ALL, at + byY + BYTES, ORDER).compare(VectorOperators.GT, zero);
            FloatVector x0 = fromMemorySegment(FLOATS, ALL, at + byX, ORDER).sub(m0).fma(a0, b0);
            FloatVector x1 = fromMemorySegment(FLOATS, ALL, at + byX + BYTES, ORDER).sub(m1).fma(a1, b1);
            FloatVector d0 = zero.blend(fromMemorySegment(FLOATS, ALL, at, ORDER), passes0).fma(k0, x0);
            FloatVector d1 = zero.blend(fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER), passes1).fma(k1, x1);
            d0.intoMemorySegment(ALL, at + to, ORDER);
            d1.intoMemorySegment(ALL, at + to + BYTES, ORDER);
            at += stride;
        }
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        FloatVector mean = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector factor = FloatVector.fromArray(FLOATS, factors, lane);
        FloatVector slope = FloatVector.fromArray(FLOATS, slopes, lane);
        FloatVector shift = FloatVector.fromArray(FLOATS, shifts, lane);
        long at = g + offset;
        long byX = x - g;
        long to = dx - g;
        // Without a rectifier all lanes pass, whatever they are compared with.
        VectorMask<Float> free = FLOATS.indexInRange(0, rectified ? 0 : LANES);
        FloatVector zero = FloatVector.zero(FLOATS);
        long byY = rectified ? y - g : 0;
        for (int row = 0; row < rows; row++) {
            VectorMask<Float> passes = fromMemorySegment(FLOATS, ALL, at + byY, ORDER, mask).compare(VectorOperators.GT, zero).or(free);
            FloatVector rest = fromMemorySegment(FLOATS, ALL, at + byX, ORDER, mask).sub(mean).fma(slope, shift);
            FloatVector d = zero.blend(fromMemorySegment(FLOATS, ALL, at, ORDER, mask), passes).fma(factor, rest);
            d.intoMemorySegment(ALL, at + to, ORDER, mask);
            at += stride;
        }
    }
}
