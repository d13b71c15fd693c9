package dev.lamina.optim;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Update;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.graph.Value;

/**
 * Stochastic gradient descent: {@code g += λ w; m ← μ m + g; w -= η m}, with Nesterov's form {@code w -= η (g + μ m)}.
 *
 * @param momentum μ; 0 keeps no buffer
 * @param nesterov whether the step looks ahead
 * @param weightDecay λ
 * @param form where the rate enters
 * @param noDecay whether parameters of rank 0 and 1 are spared the decay
 */
public record Sgd(double momentum, boolean nesterov, double weightDecay, MomentumForm form, boolean noDecay) implements Optimizer {
    /** Checks the ranges. */
    public Sgd {
        Ranges.require(momentum >= 0 && momentum < 1, "optimizer \"sgd\": momentum = %s, needs 0 <= momentum < 1.", momentum);
        Ranges.require(weightDecay >= 0, "optimizer \"sgd\": weightDecay = %s, needs >= 0.", weightDecay);
        Ranges.require(!nesterov || momentum > 0, "optimizer \"sgd\": nesterov needs momentum > 0.");
        Ranges.require(!nesterov || form == MomentumForm.RATE_OUTSIDE, "optimizer \"sgd\": nesterov is defined for RATE_OUTSIDE only.");
    }

    /** No momentum, no decay. */
    public static Sgd plain() {
        return new Sgd(0, false, 0, MomentumForm.RATE_OUTSIDE, false);
    }

    /** PyTorch's form of momentum, no decay. */
    public static Sgd momentum(double momentum) {
        return new Sgd(momentum, false, 0, MomentumForm.RATE_OUTSIDE, false);
    }

    /** Nesterov's form of momentum, no decay. */
    public static Sgd nesterov(double momentum) {
        return new Sgd(momentum, true, 0, MomentumForm.RATE_OUTSIDE, false);
    }

    /** These settings with another decay. */
    public Sgd withWeightDecay(double decay) {
        return new Sgd(momentum, nesterov, decay, form, noDecay);
    }

    @Override
    public String name() {
        return nesterov ? "nesterov" : momentum > 0 ? "momentum" : "sgd";
    }

    @Override
    public int buffersPerParameter() {
        return momentum > 0 ? 1 : 0;
    }

    @Override
    public double defaultRate() {
        return momentum > 0 ? 0.01 : 0.1;
    }

    @Override
    public Value update(GraphBuilder graph, Value parameter, Value gradient, Value learningRate, Value stepNumber) {
        Update.Sgd rule = new Update.Sgd(momentum, nesterov, Updates.decay(this, parameter), form);
        if (momentum == 0) {
            return Updates.add(rule, parameter, gradient, learningRate);
        }
        return Updates.add(rule, parameter, gradient, learningRate, Updates.buffer(graph, parameter, "momentum"));
    }
}
