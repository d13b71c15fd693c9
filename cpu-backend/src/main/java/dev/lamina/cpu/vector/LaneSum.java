package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Adds up the lanes of a vector in a fixed order, halves first. {@link FloatVector#reduceLanes} leaves the order open, and interpreted and
 * compiled code do take different ones.
 */
final class LaneSum {
    private static final VectorShuffle<Float> ACROSS_32 = across(32);
    private static final VectorShuffle<Float> ACROSS_16 = across(16);
    private static final VectorShuffle<Float> ACROSS_8 = across(8);
    private static final VectorShuffle<Float> ACROSS_4 = across(4);
    private static final VectorShuffle<Float> ACROSS_2 = across(2);
    private static final VectorShuffle<Float> ACROSS_1 = across(1);

    private LaneSum() { }

    private static VectorShuffle<Float> across(int distance) {
        return VectorShuffle.fromOp(FLOATS, i -> (i ^ distance) & (LANES - 1));
    }

    static float of(FloatVector v) {
        FloatVector sum = v;
        if (LANES > 32) {
            sum = sum.add(sum.rearrange(ACROSS_32));
        }
        if (LANES > 16) {
            sum = sum.add(sum.rearrange(ACROSS_16));
        }
        if (LANES > 8) {
            sum = sum.add(sum.rearrange(ACROSS_8));
        }
        if (LANES > 4) {
            sum = sum.add(sum.rearrange(ACROSS_4));
        }
        if (LANES > 2) {
            sum = sum.add(sum.rearrange(ACROSS_2));
        }
        return sum.add(sum.rearrange(ACROSS_1)).lane(0);
    }
}
