package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.LANES;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;


import dev.lamina.graph.Update;
import jdk.incubator.vector.FloatVector;

/** Stochastic gradient descent. A decay of 0 has loops of its own, since 0 times an infinite weight would be NaN. */
final class SgdStep extends UpdateStep {
    private final float momentum;
    private final float decay;
    private final boolean nesterov;
    private final boolean inside;
    private float rate;

    SgdStep(Update.Sgd op, UpdateKernels.Step step) {
        super(step, op.momentum() == 0 ? new int[] {0, 1} : new int[] {0, 1, 3});
        momentum = (float) op.momentum();
        decay = (float) op.weightDecay();
        nesterov = op.nesterov();
        inside = op.form() == Update.MomentumForm.RATE_INSIDE;
    }

    @Override
    void prepare() {
        rate = scalar(2);
    }

    @Override
    void run(long w, long g, long m, long none, int n) {
        float gain = inside ? rate : 1;
        float step = inside ? 1 : rate;
        if (momentum == 0 && decay == 0) {
            plain(w, g, rate, n);
        } else if (momentum == 0) {
            decayed(w, g, rate, decay, n);
        } else if (nesterov && decay == 0) {
            nesterov(w, g, m, rate, momentum, n);
        } else if (nesterov) {
            decayedNesterov(w, g, m, rate, momentum, decay, n);
        } else if (decay == 0) {
            momentum(w, g, m, gain, step, momentum, n);
        } else {
            decayedMomentum(w, g, m, gain, step, momentum, decay, n);
        }
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(FLOATS, value);
    }

    private static void plain(long w, long g, float rate, int n) {
        FloatVector minus = all(-rate);
        for (int i = 0; i < n; i += LANES) {
            FloatVector slope = fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER);
            slope.fma(minus, fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER)).intoMemorySegment(ALL, w + 4L * i, ORDER);
        }
    }

    private static void decayed(long w, long g, float rate, float decay, int n) {
        FloatVector minus = all(-rate);
        FloatVector lambda = all(decay);
        for (int i = 0; i < n; i += LANES) {
            FloatVector weight = fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
            FloatVector slope = weight.fma(lambda, fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER));
            slope.fma(minus, weight).intoMemorySegment(ALL, w + 4L * i, ORDER);
        }
    }

    private static void momentum(long w, long g, long m, float gain, float step, float momentum, int n) {
        FloatVector minus = all(-step);
        FloatVector mu = all(momentum);
        for (int i = 0; i < n; i += LANES) {
            FloatVector slope = fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER);
            FloatVector moment = fromMemorySegment(FLOATS, ALL, m + 4L * i, ORDER).fma(mu, slope.mul(gain));
            moment.intoMemorySegment(ALL, m + 4L * i, ORDER);
            moment.fma(minus, fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER)).intoMemorySegment(ALL, w + 4L * i, ORDER);
        }
    }

    private static void decayedMomentum(long w, long g, long m, float gain, float step, float momentum, float decay, int n) {
        FloatVector minus = all(-step);
        FloatVector mu = all(momentum);
        FloatVector lambda = all(decay);
        for (int i = 0; i < n; i += LANES) {
            FloatVector weight = fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
            FloatVector slope = weight.fma(lambda, fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER));
            FloatVector moment = fromMemorySegment(FLOATS, ALL, m + 4L * i, ORDER).fma(mu, slope.mul(gain));
            moment.intoMemorySegment(ALL, m + 4L * i, ORDER);
            moment.fma(minus, weight).intoMemorySegment(ALL, w + 4L * i, ORDER);
        }
    }

    private static void nesterov(long w, long g, long m, float rate, float momentum, int n) {
        FloatVector minus = all(-rate);
        FloatVector mu = all(momentum);
        for (int i = 0; i < n; i += LANES) {
            FloatVector slope = fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER);
            FloatVector moment = fromMemorySegment(FLOATS, ALL, m + 4L * i, ORDER).fma(mu, slope);
            moment.intoMemorySegment(ALL, m + 4L * i, ORDER);
            moment.fma(mu, slope).fma(minus, fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER)).intoMemorySegment(ALL, w + 4L * i, ORDER);
        }
    }

    private static void decayedNesterov(long w, long g, long m, float rate, float momentum, float decay, int n) {
        FloatVector minus = all(-rate);
        FloatVector mu = all(momentum);
        FloatVector lambda = all(decay);
        for (int i = 0; i < n; i += LANES) {
            FloatVector weight = fromMemorySegment(FLOATS, ALL, w + 4L * i, ORDER);
            FloatVector slope = weight.fma(lambda, fromMemorySegment(FLOATS, ALL, g + 4L * i, ORDER));
            FloatVector moment = fromMemorySegment(FLOATS, ALL, m + 4L * i, ORDER).fma(mu, slope);
            moment.intoMemorySegment(ALL, m + 4L * i, ORDER);
            moment.fma(mu, slope).fma(minus, weight).intoMemorySegment(ALL, w + 4L * i, ORDER);
        }
    }
}
