package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.ImagesSweep.passed;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
            FloatVector d0 = load(at).fma(k0, load(at + byX).sub(m0).fma(a0, b0));
            FloatVector d1 = load(at + BYTES).fma(k1, load(at + byX + BYTES).sub(m1).fma(a1, b1));
            store(d0, at + to);
            store(d1, at + to + BYTES);
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
            FloatVector d0 = passed(load(at), load(at + byY), zero).fma(k0, load(at + byX).sub(m0).fma(a0, b0));
            FloatVector d1 = passed(load(at + BYTES), load(at + byY + BYTES), zero).fma(k1, load(at + byX + BYTES).sub(m1).fma(a1, b1));
            store(d0, at + to);
            store(d1, at + to + BYTES);
            at += stride;
        }
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = ImagesSweep.first(count);
        FloatVector mean = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector factor = FloatVector.fromArray(FLOATS, factors, lane);
        FloatVector slope = FloatVector.fromArray(FLOATS, slopes, lane);
        FloatVector shift = FloatVector.fromArray(FLOATS, shifts, lane);
        long at = g + offset;
        long byX = x - g;
        long to = dx - g;
        // Without a rectifier all lanes pass, whatever they are compared with.
        VectorMask<Float> free = ImagesSweep.first(rectified ? 0 : LANES);
        FloatVector zero = FloatVector.zero(FLOATS);
        long byY = rectified ? y - g : 0;
        for (int row = 0; row < rows; row++) {
            FloatVector raw = ImagesSweep.load(at, mask);
            FloatVector passed = passed(raw, ImagesSweep.load(at + byY, mask), zero).blend(raw, free);
            FloatVector d = passed.fma(factor, ImagesSweep.load(at + byX, mask).sub(mean).fma(slope, shift));
            ImagesSweep.store(d, at + to, mask);
            at += stride;
        }
    }
}
