package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.ImagesSweep.passed;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
        FloatVector m2 = FloatVector.fromArray(FLOATS, means, lane + 2 * LANES);
        FloatVector m3 = FloatVector.fromArray(FLOATS, means, lane + 3 * LANES);
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, lane + LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, lane + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, lane + 3 * LANES);
        FloatVector p0 = FloatVector.fromArray(FLOATS, products, lane);
        FloatVector p1 = FloatVector.fromArray(FLOATS, products, lane + LANES);
        FloatVector p2 = FloatVector.fromArray(FLOATS, products, lane + 2 * LANES);
        FloatVector p3 = FloatVector.fromArray(FLOATS, products, lane + 3 * LANES);
        long at = g + offset;
        long byX = x - g;
        for (int row = 0; row < rows; row++) {
            FloatVector g0 = load(at);
            FloatVector g1 = load(at + BYTES);
            FloatVector g2 = load(at + 2 * BYTES);
            FloatVector g3 = load(at + 3 * BYTES);
            s0 = s0.add(g0);
            s1 = s1.add(g1);
            s2 = s2.add(g2);
            s3 = s3.add(g3);
            p0 = load(at + byX).sub(m0).fma(g0, p0);
            p1 = load(at + byX + BYTES).sub(m1).fma(g1, p1);
            p2 = load(at + byX + 2 * BYTES).sub(m2).fma(g2, p2);
            p3 = load(at + byX + 3 * BYTES).sub(m3).fma(g3, p3);
            at += stride;
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
        s2.intoArray(sums, lane + 2 * LANES);
        s3.intoArray(sums, lane + 3 * LANES);
        p0.intoArray(products, lane);
        p1.intoArray(products, lane + LANES);
        p2.intoArray(products, lane + 2 * LANES);
        p3.intoArray(products, lane + 3 * LANES);
    }

    private void widePassed(long offset, int rows, long stride, int lane) {
        FloatVector m0 = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector m1 = FloatVector.fromArray(FLOATS, means, lane + LANES);
        FloatVector m2 = FloatVector.fromArray(FLOATS, means, lane + 2 * LANES);
        FloatVector m3 = FloatVector.fromArray(FLOATS, means, lane + 3 * LANES);
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, lane + LANES);
        FloatVector s2 = FloatVector.fromArray(FLOATS, sums, lane + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(FLOATS, sums, lane + 3 * LANES);
        FloatVector p0 = FloatVector.fromArray(FLOATS, products, lane);
        FloatVector p1 = FloatVector.fromArray(FLOATS, products, lane + LANES);
        FloatVector p2 = FloatVector.fromArray(FLOATS, products, lane + 2 * LANES);
        FloatVector p3 = FloatVector.fromArray(FLOATS, products, lane + 3 * LANES);
        long at = g + offset;
        long byX = x - g;
        long byY = y - g;
        long to = passedTo - g;
        for (int row = 0; row < rows; row++) {
            FloatVector g0 = passed(load(at), load(at + byY));
            FloatVector g1 = passed(load(at + BYTES), load(at + byY + BYTES));
            FloatVector g2 = passed(load(at + 2 * BYTES), load(at + byY + 2 * BYTES));
            FloatVector g3 = passed(load(at + 3 * BYTES), load(at + byY + 3 * BYTES));
            if (stores) {
                store(g0, at + to);
                store(g1, at + to + BYTES);
                store(g2, at + to + 2 * BYTES);
                store(g3, at + to + 3 * BYTES);
            }
            s0 = s0.add(g0);
            s1 = s1.add(g1);
            s2 = s2.add(g2);
            s3 = s3.add(g3);
            p0 = load(at + byX).sub(m0).fma(g0, p0);
            p1 = load(at + byX + BYTES).sub(m1).fma(g1, p1);
            p2 = load(at + byX + 2 * BYTES).sub(m2).fma(g2, p2);
            p3 = load(at + byX + 3 * BYTES).sub(m3).fma(g3, p3);
            at += stride;
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
        s2.intoArray(sums, lane + 2 * LANES);
        s3.intoArray(sums, lane + 3 * LANES);
        p0.intoArray(products, lane);
        p1.intoArray(products, lane + LANES);
        p2.intoArray(products, lane + 2 * LANES);
        p3.intoArray(products, lane + 3 * LANES);
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = ImagesSweep.first(count);
        VectorMask<Float> stored = ImagesSweep.first(stores ? count : 0);
        FloatVector mean = FloatVector.fromArray(FLOATS, means, lane);
        FloatVector s = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector p = FloatVector.fromArray(FLOATS, products, lane);
        long at = g + offset;
        long byX = x - g;
        // Without a rectifier all lanes pass, whatever they are compared with.
        VectorMask<Float> free = ImagesSweep.first(rectified ? 0 : LANES);
        long byY = rectified ? y - g : 0;
        long to = stores ? passedTo - g : 0;
        for (int row = 0; row < rows; row++) {
            FloatVector raw = ImagesSweep.load(at, mask);
            FloatVector passed = passed(raw, ImagesSweep.load(at + byY, mask)).blend(raw, free);
            ImagesSweep.store(passed, at + to, stored);
            s = s.add(passed);
            p = ImagesSweep.load(at + byX, mask).sub(mean).fma(passed, p);
            at += stride;
        }
        s.intoArray(sums, lane);
        p.intoArray(products, lane);
    }
}
