package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** {@code Σ g} and {@code Σ g (x - mean)} for each lane of a period, where g has passed a rectifier or not. */
final class BatchNormGradientSums implements ImagesSweep {
    final float[] means;
    final float[] sums;
    final float[] products;
    private long g;
    private long x;
    private long y;
    private long passedTo;
    private boolean rectified;
    private boolean stores;

    BatchNormGradientSums(int period) {
        means = ImagesSweep.lanes(period);
        sums = ImagesSweep.lanes(period);
        products = ImagesSweep.lanes(period);
    }

    /** Sums a chunk; y or the place for the passed gradients is null for none. */
    void compute(ImagesChannels view, int chunk, long gradient, long input, Pointer output, Pointer masked) {
        g = gradient;
        x = input;
        rectified = output != null;
        stores = rectified && masked != null;
        y = rectified ? output.address() : 0;
        passedTo = stores ? masked.address() : 0;
        Arrays.fill(sums, 0);
        Arrays.fill(products, 0);
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
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, lane + LANES);
        FloatVector p0 = FloatVector.fromArray(FLOATS, products, lane);
        FloatVector p1 = FloatVector.fromArray(FLOATS, products, lane + LANES);
        long at = g + offset;
        long byX = x - g;
        for (int row = 0; row < rows; row++) {
            FloatVector g0 = fromMemorySegment(FLOATS, ALL, at, ORDER);
            FloatVector g1 = fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER);
            s0 = s0.add(g0);
            s1 = s1.add(g1);
            p0 = fromMemorySegment(FLOATS, ALL, at + byX, ORDER).sub(m0).fma(g0, p0);
            p1 = fromMemorySegment(FLOATS, ALL, at + byX + BYTES, ORDER).sub(m1).fma(g1, p1);
            at += stride;
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
        p0.intoArray(products, lane);
        p1.intoArray(products, lane + LANES);
    }

    private void widePassed(long offset, int rows, long stride, int lane) {
        FloatVector m0 = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector m1 = FloatVector.fromArray(FLOATS, means, lane + LANES);
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, lane + LANES);
        FloatVector p0 = FloatVector.fromArray(FLOATS, products, lane);
        FloatVector p1 = FloatVector.fromArray(FLOATS, products, lane + LANES);
        long at = g + offset;
        long byX = x - g;
        FloatVector zero = FloatVector.zero(FLOATS);
        long byY = y - g;
        long to = passedTo - g;
        for (int row = 0; row < rows; row++) {
            VectorMask<Float> passes0 = fromMemorySegment(FLOATS, ALL, at + byY, ORDER).compare(VectorOperators.GT, zero);
            VectorMask<Float> passes1 = fromMemorySegment(FLOATS, ALL, at + byY + BYTES, ORDER).compare(VectorOperators.GT, zero);
            FloatVector g0 = zero.blend(fromMemorySegment(FLOATS, ALL, at, ORDER), passes0);
            FloatVector g1 = zero.blend(fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER), passes1);
            if (stores) {
                g0.intoMemorySegment(ALL, at + to, ORDER);
                g1.intoMemorySegment(ALL, at + to + BYTES, ORDER);
            }
            s0 = s0.add(g0);
            s1 = s1.add(g1);
            p0 = fromMemorySegment(FLOATS, ALL, at + byX, ORDER).sub(m0).fma(g0, p0);
            p1 = fromMemorySegment(FLOATS, ALL, at + byX + BYTES, ORDER).sub(m1).fma(g1, p1);
            at += stride;
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
        p0.intoArray(products, lane);
        p1.intoArray(products, lane + LANES);
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        VectorMask<Float> stored = FLOATS.indexInRange(0, stores ? count : 0);
        FloatVector mean = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector s = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector p = FloatVector.fromArray(FLOATS, products, lane);
        long at = g + offset;
        long byX = x - g;
        // Without a rectifier all lanes pass, whatever they are compared with.
        VectorMask<Float> free = FLOATS.indexInRange(0, rectified ? 0 : LANES);
        FloatVector zero = FloatVector.zero(FLOATS);
        long byY = rectified ? y - g : 0;
        long to = stores ? passedTo - g : 0;
        for (int row = 0; row < rows; row++) {
            VectorMask<Float> passes = fromMemorySegment(FLOATS, ALL, at + byY, ORDER, mask).compare(VectorOperators.GT, zero).or(free);
            FloatVector passed = zero.blend(fromMemorySegment(FLOATS, ALL, at, ORDER, mask), passes);
            passed.intoMemorySegment(ALL, at + to, ORDER, stored);
            s = s.add(passed);
            p = fromMemorySegment(FLOATS, ALL, at + byX, ORDER, mask).sub(mean).fma(passed, p);
            at += stride;
        }
        s.intoArray(sums, lane);
        p.intoArray(products, lane);
    }
}
