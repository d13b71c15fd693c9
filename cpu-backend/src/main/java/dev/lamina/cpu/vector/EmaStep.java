package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;


import dev.lamina.graph.Update;
import jdk.incubator.vector.FloatVector;

/** {@code e ← d e + (1 - d) value}. */
final class EmaStep extends UpdateStep {
    private final double most;
    private double decay;

    EmaStep(Update.Ema op, UpdateKernels.Step step) {
        super(step, 0, 1);
        most = op.decay();
    }

    @Override
    void prepare() {
        decay = most;
        if (operands.length == 3) {
            long t = counter(2);
            decay = Math.min(most, (1.0 + t) / (10.0 + t));
        }
    }

    @Override
    void run(long a, long b, long c, long d, int n) {
        blend(a, b, (float) decay, (float) (1 - decay), n);
    }

    private static void blend(long average, long value, float kept, float taken, int n) {
        FloatVector k = FloatVector.broadcast(FLOATS, kept);
        FloatVector t = FloatVector.broadcast(FLOATS, taken);
        for (int i = 0; i < n; i += LANES) {
            FloatVector taking = fromMemorySegment(FLOATS, ALL, value + 4L * i, ORDER).mul(t);
            fromMemorySegment(FLOATS, ALL, average + 4L * i, ORDER).fma(k, taking).intoMemorySegment(ALL, average + 4L * i, ORDER);
        }
    }
}
