package dev.lamina.rbm;

import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;

/**
 * The graph of one step of contrastive divergence (Hinton 2002): CD-k or persistent CD, statistics, momentum, decay and update. Learning
 * rate and momentum are variables, so that their schedules need no other graph. Immutable.
 *
 * <p>Random numbers are keyed by the graph's seed and step, which the graph counts up, so that every backend draws the same. With
 * {@code Δ = positive - negative statistics}: {@code m ← μ m + ε (Δ - λ w)}, {@code w ← w + m}, λ on weights only.
 */
public final class CdStep {
    /** Input: samples. */
    public static final String DATA = "data";
    /** Variable: ε of the next step, set by the host. */
    public static final String RATE = "rbm.rate";
    /** Variable: μ of the next step, set by the host. */
    public static final String MOMENTUM = "rbm.momentum";
    /** Variable, with a sparsity wish: running mean activity {@code [H]}. */
    public static final String ACTIVITY = "rbm.activity";
    /** Variable, if persistent: hidden values of the chain {@code [chains, H]}. */
    public static final String CHAIN = "rbm.chain";
    /** Prefix of the variables that hold the last step of each parameter. */
    public static final String LAST_STEP = "last.";
    /** Output: squared reconstruction error, summed over an image and averaged over the batch. */
    public static final String ERROR = "error";
    /** Output on request: hidden means of the data {@code [N, H]}. */
    public static final String HIDDEN_MEANS = "hiddenMeans";
    /** Output on request: hidden samples of the data {@code [N, H]}. */
    public static final String HIDDEN_SAMPLES = "hiddenSamples";
    /** Output on request: ΔW {@code [V, H]} without decay. */
    public static final String DELTA_WEIGHT = "deltaWeight";
    /** Output on request: Δa {@code [V]}. */
    public static final String DELTA_VISIBLE = "deltaVisible";
    /** Output on request: Δb {@code [H]}. */
    public static final String DELTA_HIDDEN = "deltaHidden";

    private final GraphBuilder builder = new GraphBuilder();
    private final Rbm rbm;
    private final DType dtype;
    private final Machine machine;
    private final Graph graph;

    /** One term of the statistics: visible and hidden values {@code [N, V]} and {@code [N, H]}. */
    private record Term(Value visible, Value hidden) {
        Value correlation() {
            return MatMul.matmul(visible, hidden, true, false).times(1.0 / visible.shape().dim(0));
        }
    }

    private CdStep(Rbm rbm, DType dtype, TensorType data, long chains, boolean statistics) {
        this.rbm = rbm;
        this.dtype = dtype;
        this.machine = new Machine(builder, rbm, dtype);
        Value v0 = machine.visible(builder.input(DATA, data));
        Value x0 = machine.hiddenInput(v0);
        Value p0 = machine.hiddenMean(x0);
        Value h0 = machine.hiddenSample(x0);
        Value y1 = machine.visibleInput(h0);
        Value error = Reduction.sum(Pointwise.square(v0.minus(machine.visibleMean(y1)))).times(1.0 / v0.shape().dim(0));
        builder.output(ERROR, error);
        Term positive = new Term(v0, rbm.options().hiddenStats() == HiddenStats.SAMPLES ? h0 : p0);
        Term negative = rbm.options().persistent() ? persistent(chains) : negative(y1);
        Value deltaWeight = positive.correlation().minus(negative.correlation());
        Value deltaVisible = Reduction.mean(v0, 0).minus(Reduction.mean(negative.visible, 0));
        Value deltaHidden = Reduction.mean(positive.hidden, 0).minus(Reduction.mean(negative.hidden, 0));
        if (statistics) {
            builder.output(HIDDEN_MEANS, p0).output(HIDDEN_SAMPLES, h0).output(DELTA_WEIGHT, deltaWeight)
                    .output(DELTA_VISIBLE, deltaVisible).output(DELTA_HIDDEN, deltaHidden);
        }
        update(v0, p0, deltaWeight, deltaVisible, deltaHidden);
        this.graph = builder.build();
    }

    /**
     * The graph for one batch size.
     *
     * @param dtype type of the parameters, float32 or float64
     * @param data type of the input {@code [N, ...]}: dtype, or uint8 pixels, which are divided by 255
     * @param chains chains of the negative term if it is persistent
     */
    public static CdStep of(Rbm rbm, DType dtype, TensorType data, long chains) {
        return new CdStep(rbm, dtype, data, chains, false);
    }

    /** The same graph with the statistics as outputs. */
    public static CdStep withStatistics(Rbm rbm, DType dtype, TensorType data, long chains) {
        return new CdStep(rbm, dtype, data, chains, true);
    }

    /** The graph. */
    public Graph graph() {
        return graph;
    }

    /** All variables, seed and step included. */
    public List<Value> variables() {
        return builder.variables();
    }

    /** k reconstructions from the data's hidden samples, whose visible input is y1. */
    private Term negative(Value y1) {
        Value y = y1;
        for (int k = 1;; k++) {
            Value v = reconstruction(y);
            Value x = machine.hiddenInput(v);
            if (k == rbm.options().cdSteps()) {
                return new Term(v, negativeHidden(x));
            }
            y = machine.visibleInput(machine.hiddenSample(x));
        }
    }

    /** k reconstructions from where the chain stood; the chain goes on. */
    private Term persistent(long chains) {
        Value chain = builder.variable(CHAIN, new TensorType(dtype, Shape.of(chains, rbm.hidden())), false);
        Value h = chain;
        for (int k = 1;; k++) {
            Value v = reconstruction(machine.visibleInput(h));
            Value x = machine.hiddenInput(v);
            h = machine.hiddenSample(x);
            if (k == rbm.options().cdSteps()) {
                Update.assign(chain, h);
                return new Term(v, usesSamplesInBothTerms() ? h : machine.hiddenMean(x));
            }
        }
    }

    private Value reconstruction(Value y) {
        return rbm.options().sampleVisible() ? machine.visibleSample(y) : machine.visibleMean(y);
    }

    private Value negativeHidden(Value x) {
        return usesSamplesInBothTerms() ? machine.hiddenSample(x) : machine.hiddenMean(x);
    }

    private boolean usesSamplesInBothTerms() {
        return rbm.hiddenUnit() == HiddenUnit.NRELU && rbm.options().hiddenStats() == HiddenStats.SAMPLES;
    }

    private void update(Value v0, Value p0, Value deltaWeight, Value deltaVisible, Value deltaHidden) {
        Value weightGoal = deltaWeight;
        Value hiddenGoal = deltaHidden;
        Sparsity sparsity = rbm.options().sparsity();
        if (sparsity.used()) {
            Value activity = builder.variable(ACTIVITY, rbm.hiddenType(dtype), false);
            Value seen = Update.ema(activity, Reduction.mean(p0, 0), sparsity.decay());
            Value push = seen.times(-sparsity.cost()).plus(sparsity.cost() * sparsity.target());
            Value mean = Shaping.reshape(Reduction.mean(v0, 0), Shape.of(rbm.visible(), 1));
            weightGoal = weightGoal.plus(mean.times(push));
            hiddenGoal = hiddenGoal.plus(push);
        }
        move(Machine.WEIGHT, machine.weight(), weightGoal, rbm.options().weightDecay());
        move(Machine.VISIBLE_BIAS, machine.visibleBias(), deltaVisible, 0);
        move(Machine.HIDDEN_BIAS, machine.hiddenBias(), hiddenGoal, 0);
        builder.seed();
        Value step = builder.step();
        Update.assign(step, step.plus(1));
    }

    private void move(String name, Value parameter, Value goal, double decay) {
        TensorType scalar = new TensorType(dtype, Shape.scalar());
        Value rate = builder.variable(RATE, scalar, false);
        Value momentum = builder.variable(MOMENTUM, scalar, false);
        Value last = builder.variable(LAST_STEP + name, parameter.type(), false);
        Value direction = decay == 0 ? goal : goal.minus(parameter.times(decay));
        Value next = last.times(momentum).plus(direction.times(rate));
        Update.assign(last, next);
        Update.assign(parameter, parameter.plus(next));
    }
}
