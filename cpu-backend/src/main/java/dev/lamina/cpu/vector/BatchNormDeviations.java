package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Sums of {@code x - pivot} and of its square for each lane of a period. */
final class BatchNormDeviations implements ImagesSweep {
    final float[] pivots;
    final float[] sums;
    final float[] squares;
    private long x;

    BatchNormDeviations(int period) {
        pivots = ImagesSweep.lanes(period);
        sums = ImagesSweep.lanes(period);
        squares = ImagesSweep.lanes(period);
    }

    void compute(ImagesChannels view, int chunk, long from) {
        x = from;
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        view.sweep(this, chunk);
    }

    @Override
    public void wide(long offset, int rows, long stride, int lane) {
        FloatVector p0 = FloatVector.fromArray(FLOATS, pivots, lane);
        FloatVector p1 = FloatVector.fromArray(FLOATS, pivots, lane + LANES);
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, lane + LANES);
        FloatVector q0 = FloatVector.fromArray(FLOATS, squares, lane);
        FloatVector q1 = FloatVector.fromArray(FLOATS, squares, lane + LANES);
        long at = x + offset;
        for (int row = 0; row < rows; row++) {
            FloatVector d0 = fromMemorySegment(FLOATS, ALL, at, ORDER).sub(p0);
            FloatVector d1 = fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER).sub(p1);
            s0 = s0.add(d0);
            s1 = s1.add(d1);
            q0 = d0.fma(d0, q0);
            q1 = d1.fma(d1, q1);
            at += stride;
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
        q0.intoArray(squares, lane);
        q1.intoArray(squares, lane + LANES);
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        // Lanes beyond the count load 0 and have pivots of other channels: their deviation is left out.
        FloatVector pivot = FloatVector.fromArray(FLOATS, pivots, lane);
        FloatVector s = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector q = FloatVector.fromArray(FLOATS, squares, lane);
        long at = x + offset;
        for (int row = 0; row < rows; row++) {
            FloatVector d = FloatVector.zero(FLOATS).blend(fromMemorySegment(FLOATS, ALL, at, ORDER, mask).sub(pivot), mask);
            s = s.add(d);
            q = d.fma(d, q);
            at += stride;
        }
        s.intoArray(sums, lane);
        q.intoArray(squares, lane);
    }
}
