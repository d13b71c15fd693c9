package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;


import dev.lamina.graph.Update;
import jdk.incubator.vector.FloatVector;

/** Adam and AdamW; constants of a step are computed in double. */
final class AdamStep extends UpdateStep {
    private final Update.Adam op;
    /** {@code η / (1 - β₁^t)}. */
    private float rate;
    /** {@code 1 / (1 - β₂^t)}. */
    private float growth;
    private float shrink;

    AdamStep(Update.Adam op, UpdateKernels.Step step) {
        super(step, 0, 1, 3, 4);
        this.op = op;
    }

    @Override
    void prepare() {
        double eta = scalar(2);
        long t = counter(5);
        rate = (float) (eta / (1 - power(op.beta1(), t)));
        growth = (float) (1 / (1 - power(op.beta2(), t)));
        shrink = (float) (op.decoupled() ? 1 - eta * op.weightDecay() : 1);
    }

    /** By squaring: {@link Math#pow} may differ in interpreted code, and {@link StrictMath#pow} allocates. */
    private static double power(double base, long exponent) {
        double result = 1;
        double square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            result *= (rest & 1) == 1 ? square : 1;
            square *= square;
        }
        return result;
    }

    @Override
    void run(long w, long g, long m, long v, int n) {
        if (!op.decoupled() && op.weightDecay() != 0) {
            decayed(w, g, m, v, n);
        } else {
            plain(w, g, m, v, n);
        }
    }

    private void plain(long w, long g, long m, long v, int n) {
        float keep1 = (float) op.beta1();
        float take1 = (float) (1 - op.beta1());
        float keep2 = (float) op.beta2();
        float take2 = (float) (1 - op.beta2());
        float epsilon = (float) op.epsilon();
        for (int i = 0; i < n; i += LANES) {
            FloatVector slope = fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER);
            FloatVector first = fromMemorySegment(FLOATS, ALL, m + 4L * i, ORDER).mul(keep1).add(slope.mul(take1));
            FloatVector second = fromMemorySegment(FLOATS, ALL, v + 4L * i, ORDER).mul(keep2).add(slope.mul(take2).mul(slope));
            first.intoMemorySegment(ALL, m + 4L * i, ORDER);
            second.intoMemorySegment(ALL, v + 4L * i, ORDER);
            FloatVector step = first.mul(rate).div(second.mul(growth).sqrt().add(epsilon));
            fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER).mul(shrink).sub(step).intoMemorySegment(ALL, w + 4L * i, ORDER);
        }
    }

    /** Adds the decay to the gradient, as Adam without decoupling does. */
    private void decayed(long w, long g, long m, long v, int n) {
        float keep1 = (float) op.beta1();
        float take1 = (float) (1 - op.beta1());
        float keep2 = (float) op.beta2();
        float take2 = (float) (1 - op.beta2());
        float epsilon = (float) op.epsilon();
        FloatVector lambda = FloatVector.broadcast(FLOATS, (float) op.weightDecay());
        for (int i = 0; i < n; i += LANES) {
            FloatVector weight = fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
            FloatVector slope = weight.fma(lambda, fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER));
            FloatVector first = fromMemorySegment(FLOATS, ALL, m + 4L * i, ORDER).mul(keep1).add(slope.mul(take1));
            FloatVector second = fromMemorySegment(FLOATS, ALL, v + 4L * i, ORDER).mul(keep2).add(slope.mul(take2).mul(slope));
            first.intoMemorySegment(ALL, m + 4L * i, ORDER);
            second.intoMemorySegment(ALL, v + 4L * i, ORDER);
            weight.sub(first.mul(rate).div(second.mul(growth).sqrt().add(epsilon))).intoMemorySegment(ALL, w + 4L * i, ORDER);
        }
    }
}
