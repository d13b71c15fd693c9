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

/** Passes gradients through a rectifier in place and sums each lane of a period. */
final class ChannelSumRectified implements ImagesSweep {
    private final float[] sums;
    private long g;
    private long y;

    ChannelSumRectified(int period) {
        sums = ImagesSweep.lanes(period);
    }

    float[] of(ImagesChannels view, int chunk, long gradient, long rectified) {
        g = gradient;
        y = rectified;
        Arrays.fill(sums, 0);
        view.sweep(this, chunk);
        return sums;
    }

    @Override
    public void wide(long offset, int rows, long stride, int lane) {
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, lane + LANES);
        long at = g + offset;
        FloatVector zero = FloatVector.zero(FLOATS);
        long by = y - g;
        for (int row = 0; row < rows; row++) {
            VectorMask<Float> passes0 = fromMemorySegment(FLOATS, ALL, at + by, ORDER).compare(VectorOperators.GT, zero);
            VectorMask<Float> passes1 = fromMemorySegment(FLOATS, ALL, at + by + BYTES, ORDER).compare(VectorOperators.GT, zero);
            FloatVector g0 = zero.blend(fromMemorySegment(FLOATS, ALL, at, ORDER), passes0);
            FloatVector g1 = zero.blend(fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER), passes1);
            g0.intoMemorySegment(ALL, at, ORDER);
            g1.intoMemorySegment(ALL, at + BYTES, ORDER);
            s0 = s0.add(g0);
            s1 = s1.add(g1);
            at += stride;
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        FloatVector s = FloatVector.fromArray(FLOATS, sums, lane);
        long at = g + offset;
        FloatVector zero = FloatVector.zero(FLOATS);
        long by = y - g;
        for (int row = 0; row < rows; row++) {
            VectorMask<Float> passes = fromMemorySegment(FLOATS, ALL, at + by, ORDER, mask).compare(VectorOperators.GT, zero);
            FloatVector passed = zero.blend(fromMemorySegment(FLOATS, ALL, at, ORDER, mask), passes);
            passed.intoMemorySegment(ALL, at, ORDER, mask);
            s = s.add(passed);
            at += stride;
        }
        s.intoArray(sums, lane);
    }
}
