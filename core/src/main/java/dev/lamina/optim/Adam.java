package dev.lamina.optim;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;

/**
 * Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019): {@code w -= η m̂ / (sqrt(v̂) + ε)}.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param eps ε
 * @param weightDecay λ
 * @param decoupled whether decay is {@code w *= 1 - η λ} before the step (AdamW) instead of {@code g += λ w}
 * @param noDecay whether parameters of rank 0 and 1 are spared the decay
 */
public record Adam(double beta1, double beta2, double eps, double weightDecay, boolean decoupled, boolean noDecay) implements Optimizer {
    /** Checks the ranges. */
    public Adam {
        Ranges.require(beta1 >= 0 && beta1 < 1, "optimizer \"adam\": beta1 = %s, needs 0 <= beta1 < 1.", beta1);
        Ranges.require(beta2 >= 0 && beta2 < 1, "optimizer \"adam\": beta2 = %s, needs 0 <= beta2 < 1.", beta2);
        Ranges.require(eps > 0, "optimizer \"adam\": eps = %s, needs > 0.", eps);
        Ranges.require(weightDecay >= 0, "optimizer \"adam\": weightDecay = %s, needs >= 0.", weightDecay);
    }

    /** Adam with (0.9, 0.999), ε 1e-8. */
    public static Adam adam(double weightDecay) {
        return new Adam(0.9, 0.999, 1e-8, weightDecay, false, false);
    }

    /** AdamW with (0.9, 0.999), ε 1e-8; its usual decay is 0.01. */
    public static Adam adamW(double weightDecay) {
        return new Adam(0.9, 0.999, 1e-8, weightDecay, true, false);
    }

    @Override
    public String name() {
        return decoupled ? "adamw" : "adam";
    }

    @Override
    public int buffersPerParameter() {
        return 2;
    }

    @Override
    public double defaultRate() {
        return 1e-3;
    }

    @Override
    public Value update(GraphBuilder graph, Value parameter, Value gradient, Value learningRate, Value stepNumber) {
        Update.Adam rule = new Update.Adam(beta1, beta2, eps, Updates.decay(this, parameter), decoupled);
        Value m = Updates.buffer(graph, parameter, "m");
        Value v = Updates.buffer(graph, parameter, "v");
        return Updates.add(rule, parameter, gradient, learningRate, m, v, stepNumber);
    }
}
