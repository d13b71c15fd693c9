package dev.lamina.cpu.reference;

import dev.lamina.graph.Update;

/** Updates of variables. Operands are loaded before anything is stored, so all new values come from old ones. */
final class UpdateKernels {
    private UpdateKernels() { }

    static void sgd(Update.Sgd op, Call call) {
        double[] w = call.load(0);
        double[] g = call.load(1);
        double rate = call.load(2)[0];
        decay(g, w, op.weightDecay());
        if (op.momentum() == 0) {
            for (int i = 0; i < w.length; i++) {
                w[i] -= rate * g[i];
            }
            call.store(0, w);
            return;
        }
        double[] m = call.load(3);
        double mu = op.momentum();
        double gain = op.form() == Update.MomentumForm.RATE_INSIDE ? rate : 1;
        double step = op.form() == Update.MomentumForm.RATE_INSIDE ? 1 : rate;
        for (int i = 0; i < w.length; i++) {
            m[i] = mu * m[i] + gain * g[i];
            w[i] -= step * (op.nesterov() ? g[i] + mu * m[i] : m[i]);
        }
        call.store(0, w);
        call.store(1, m);
    }

    static void adam(Update.Adam op, Call call) {
        double[] w = call.load(0);
        double[] g = call.load(1);
        double rate = call.load(2)[0];
        double[] m = call.load(3);
        double[] v = call.load(4);
        long t = call.loadLongs(5)[0];
        double correction1 = 1 - Math.pow(op.beta1(), t);
        double correction2 = 1 - Math.pow(op.beta2(), t);
        if (!op.decoupled()) {
            decay(g, w, op.weightDecay());
        }
        double shrink = op.decoupled() ? 1 - rate * op.weightDecay() : 1;
        for (int i = 0; i < w.length; i++) {
            m[i] = op.beta1() * m[i] + (1 - op.beta1()) * g[i];
            v[i] = op.beta2() * v[i] + (1 - op.beta2()) * g[i] * g[i];
            w[i] = w[i] * shrink - rate * (m[i] / correction1) / (Math.sqrt(v[i] / correction2) + op.epsilon());
        }
        call.store(0, w);
        call.store(1, m);
        call.store(2, v);
    }

    static void ema(Update.Ema op, Call call) {
        double[] e = call.load(0);
        double[] value = call.load(1);
        double d = op.decay();
        if (call.operands() == 3) {
            long t = call.loadLongs(2)[0];
            d = Math.min(d, (1.0 + t) / (10.0 + t));
        }
        for (int i = 0; i < e.length; i++) {
            e[i] = d * e[i] + (1 - d) * value[i];
        }
        call.store(0, e);
    }

    private static void decay(double[] g, double[] w, double rate) {
        if (rate != 0) {
            for (int i = 0; i < g.length; i++) {
                g[i] += rate * w[i];
            }
        }
    }
}
