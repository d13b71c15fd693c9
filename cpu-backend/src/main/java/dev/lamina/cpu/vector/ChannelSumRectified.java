package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.ImagesSweep.passed;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.load;
import static dev.lamina.cpu.vector.Raw.store;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
            FloatVector g0 = passed(load(at), load(at + by), zero);
            FloatVector g1 = passed(load(at + BYTES), load(at + by + BYTES), zero);
            store(g0, at);
            store(g1, at + BYTES);
            s0 = s0.add(g0);
            s1 = s1.add(g1);
            at += stride;
        }
        s0.intoArray(sums, lane);
        s1.intoArray(sums, lane + LANES);
    }

    @Override
    public void narrow(long offset, int rows, long stride, int lane, int count) {
        VectorMask<Float> mask = ImagesSweep.first(count);
        FloatVector s = FloatVector.fromArray(FLOATS, sums, lane);
        long at = g + offset;
        FloatVector zero = FloatVector.zero(FLOATS);
        long by = y - g;
        for (int row = 0; row < rows; row++) {
            FloatVector passed = passed(ImagesSweep.load(at, mask), ImagesSweep.load(at + by, mask), zero);
            ImagesSweep.store(passed, at, mask);
            s = s.add(passed);
            at += stride;
        }
        s.intoArray(sums, lane);
    }
}
