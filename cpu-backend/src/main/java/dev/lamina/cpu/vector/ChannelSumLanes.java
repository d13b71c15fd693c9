package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Sums of each lane of a period. */
final class ChannelSumLanes implements ImagesSweep {
    private final float[] sums;
    private long x;

    ChannelSumLanes(int period) {
        sums = ImagesSweep.lanes(period);
    }

    float[] of(ImagesChannels view, int chunk, long from) {
        x = from;
        Arrays.fill(sums, 0);
        view.sweep(this, chunk);
        return sums;
    }

    @Override
    public void wide(long offset, int rows, long stride, int lane) {
        FloatVector s0 = FloatVector.fromArray(FLOATS, sums, lane);
        FloatVector s1 = FloatVector.fromArray(FLOATS, sums, lane + LANES);
        long at = x + offset;
        for (int row = 0; row < rows; row++) {
            s0 = s0.add(fromMemorySegment(FLOATS, ALL, at, ORDER));
            s1 = s1.add(fromMemorySegment(FLOATS, ALL, at + BYTES, ORDER));
            at += stride;
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = FLOATS.indexInRange(0, count);
        FloatVector s = FloatVector.fromArray(FLOATS, sums, lane);
        long at = x + offset;
        for (int row = 0; row < rows; row++) {
            s = s.add(fromMemorySegment(FLOATS, ALL, at, ORDER, mask));
            at += stride;
        }
        s.intoArray(sums, lane);
    }
}
