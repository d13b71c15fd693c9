package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.Comparison.GREATER;
import static dev.lamina.graph.Pointwise.Comparison.LESS;
import static dev.lamina.graph.Pointwise.UnaryFunction.RELU;
import static dev.lamina.graph.Pointwise.UnaryFunction.SIGMOID;
import static dev.lamina.graph.Pointwise.UnaryFunction.SOFTPLUS;
import static dev.lamina.graph.Pointwise.UnaryFunction.TANH;
import static java.util.Map.entry;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.Map;

/** Activations. */
final class ActivationOperators {
    /** From this version on, a PRelu's slope broadcasts from the last axis; before, a vector held a slope a channel. */
    private static final int BROADCASTING = 7;
    /** From this version on, Selu's constants have all their digits. */
    private static final int SELU_DIGITS = 6;

    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Celu", Operator.single(ActivationOperators::celu)),
            entry("Elu", Operator.single(call -> Pointwise.elu(call.value(0), call.number("alpha", 1)))),
            entry("Gelu", Operator.single(ActivationOperators::gelu)),
            entry("HardSigmoid", Operator.single(call -> hardSigmoid(call.value(0), call.number("alpha", 0.2f), call.number("beta", 0.5)))),
            entry("HardSwish", Operator.single(call -> call.value(0).times(hardSigmoid(call.value(0), 1.0 / 6, 0.5)))),
            entry("LeakyRelu", Operator.single(call -> Pointwise.leakyRelu(call.value(0), call.number("alpha", 0.01f)))),
            entry("Mish", Operator.single(call -> call.value(0).times(Pointwise.tanh(Pointwise.softplus(call.value(0)))))),
            entry("PRelu", Operator.single(ActivationOperators::prelu)),
            entry("Relu", unary(RELU)),
            entry("Selu", Operator.single(ActivationOperators::selu)),
            entry("Shrink", Operator.single(ActivationOperators::shrink)),
            entry("Sigmoid", unary(SIGMOID)),
            entry("Softplus", unary(SOFTPLUS)),
            entry("Softsign", Operator.single(call -> call.value(0).dividedBy(Pointwise.abs(call.value(0)).plus(1)))),
            entry("SwiGLU", Operator.single(call -> swish(call.value(0), call.number("alpha", 1)).times(call.value(1)))),
            entry("Swish", Operator.single(call -> swish(call.value(0), call.number("alpha", 1)))),
            entry("Tanh", unary(TANH)),
            entry("ThresholdedRelu", Operator.single(ActivationOperators::thresholdedRelu)));

    private ActivationOperators() { }

    private static Operator unary(UnaryFunction function) {
        return Operator.single(call -> Pointwise.unary(function, call.value(0)));
    }

    /** {@code max(0, x) + min(0, α (e^(x/α) - 1))}. */
    private static Value celu(Call call) {
        double alpha = call.number("alpha", 1);
        call.require(alpha > 0, "alpha is %s, needs > 0.", alpha);
        Value x = call.value(0);
        return alpha == 1 ? Pointwise.elu(x, 1) : Pointwise.elu(x.times(1 / alpha), 1).times(alpha);
    }

    private static Value gelu(Call call) {
        String approximate = call.text("approximate", "none");
        call.require(approximate.equals("none") || approximate.equals("tanh"), "approximate is \"%s\", needs none or tanh.", approximate);
        return call.graph().add(new Pointwise.Gelu(approximate.equals("tanh")), call.value(0));
    }

    private static Value hardSigmoid(Value x, double alpha, double beta) {
        return Pointwise.clip(x.times(alpha).plus(beta), 0, 1);
    }

    private static Value prelu(Call call) {
        Value x = call.value(0);
        Value slope = call.value(1);
        Shape needed = x.shape();
        if (call.version() < BROADCASTING && slope.shape().rank() == 1 && slope.shape().elements() > 1) {
            call.require(needed.rank() >= 2 && slope.shape().dim(0) == needed.dim(1), "slope has shape %s, input %s; needs a slope a "
                    + "channel.", slope.shape(), needed);
            slope = Shaping.reshape(slope, channels(needed));
        }
        call.require(stretches(slope.shape(), needed), "slope has shape %s, which does not broadcast to input %s.", slope.shape(), needed);
        return Pointwise.where(Pointwise.compare(LESS, x, Source.scalarLike(x, 0)), slope.times(x), x);
    }

    private static Value selu(Call call) {
        boolean digits = call.version() >= SELU_DIGITS;
        double alpha = call.number("alpha", digits ? 1.67326319217681884765625 : 1.6732f);
        return Pointwise.elu(call.value(0), alpha).times(call.number("gamma", digits ? 1.05070102214813232421875 : 1.0507f));
    }

    private static Value shrink(Call call) {
        Value x = call.value(0);
        double lambda = call.number("lambd", 0.5);
        double bias = call.number("bias", 0);
        Value inner = Pointwise.where(Pointwise.compare(GREATER, x, Source.scalarLike(x, lambda)), x.plus(-bias), Source.scalarLike(x, 0));
        return Pointwise.where(Pointwise.compare(LESS, x, Source.scalarLike(x, -lambda)), x.plus(bias), inner);
    }

    private static Value swish(Value x, double alpha) {
        return x.times(Pointwise.sigmoid(alpha == 1 ? x : x.times(alpha)));
    }

    private static Value thresholdedRelu(Call call) {
        Value x = call.value(0);
        Value above = Pointwise.compare(GREATER, x, Source.scalarLike(x, call.number("alpha", 1)));
        return Pointwise.where(above, x, Source.scalarLike(x, 0));
    }

    /** {@code [1, C, 1, ...]}, which broadcasts a number a channel against the input. */
    static Shape channels(Shape x) {
        long[] dims = new long[x.rank()];
        java.util.Arrays.fill(dims, 1);
        dims[1] = x.dim(1);
        return Shape.of(dims);
    }

    /** Whether a shape broadcasts to another. */
    static boolean stretches(Shape from, Shape to) {
        try {
            return Shape.broadcast(from, to).equals(to);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
