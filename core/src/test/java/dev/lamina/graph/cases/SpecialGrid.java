package dev.lamina.graph.cases;

import dev.lamina.graph.Gradients;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.StepGradient;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** NaN, infinities and zeros of both signs, where an op says what becomes of them. */
final class SpecialGrid {
    private SpecialGrid() { }

    static void add(CaseList list) {
        Operand x = Operand.of(Draw.special(), 37);
        for (UnaryFunction f : UnaryFunction.values()) {
            if (f != UnaryFunction.NOT) {
                list.plain(name(f), List.of(x), v -> Pointwise.unary(f, v.get(0)));
            }
        }
        Operand row = Operand.of(Draw.special(), 9);
        Operand column = Operand.of(Draw.special(), 9, 1);
        for (BinaryFunction f : BinaryFunction.values()) {
            if (new Pointwise.Binary(f).whyNoGradient().isEmpty()) {
                list.plain(name(f), List.of(column, row), v -> Pointwise.binary(f, v.get(0), v.get(1)));
            }
        }
        for (Comparison c : Comparison.values()) {
            list.plain(name(c), List.of(column, row), v -> Pointwise.compare(c, v.get(0), v.get(1)));
        }
        for (Fold fold : Fold.values()) {
            for (int axis : new int[] {0, 1}) {
                list.plain(name(fold) + " axis " + axis, List.of(Operand.of(Draw.special(), 3, 37)),
                        v -> Reduction.reduce(fold, v.get(0), false, axis));
            }
        }
        activations(list, x);
        list.plain("special argMax", List.of(Operand.of(Draw.special(), 4, 5)), v -> Reduction.argMax(v.get(0), 1));
        list.plain("special cast to bool", List.of(x), v -> Pointwise.cast(v.get(0), DType.BOOL));
        list.plain("special clip", List.of(x), v -> Pointwise.clip(v.get(0), -1, 1));
        list.plain("special where", List.of(Operand.of(Draw.bools(), 37), x, Operand.any(37)),
                v -> Pointwise.where(v.get(0), v.get(1), v.get(2)));
        list.add("special maxPool", false, 1, List.of(Operand.of(Draw.special(), 2, 3, 7, 5)), (_, _, v) ->
                Pooling.maxPoolWithIndices(v.get(0), Window.of(3).stride(2).padding(1)).outputs());
    }

    /** Functions with attributes, and the gradients of all activations, each on operands of all classes. */
    private static void activations(CaseList list, Operand x) {
        list.plain("special leakyRelu", List.of(x), v -> Pointwise.leakyRelu(v.get(0), 0.01));
        list.plain("special elu", List.of(x), v -> Pointwise.elu(v.get(0), 1));
        list.plain("special gelu", List.of(x), v -> Pointwise.gelu(v.get(0)));
        list.plain("special gelu tanh", List.of(x), v -> v.get(0).graph().add(new Pointwise.Gelu(true), v.get(0)));
        for (StepGradient gradient : StepGradient.values()) {
            list.plain("special binarize " + gradient, List.of(x), v -> Pointwise.binarize(v.get(0), gradient));
        }
        Operand row = Operand.of(Draw.special(), 9);
        Operand column = Operand.of(Draw.special(), 9, 1);
        for (ReluRule rule : ReluRule.values()) {
            list.plain("special reluGradient " + rule, List.of(column, row), v -> Pointwise.reluGradient(
                    Shaping.broadcastTo(v.get(0), Shape.of(9, 9)), Shaping.broadcastTo(v.get(1), Shape.of(9, 9)), rule));
        }
        gradient(list, "relu", x, Pointwise::relu);
        gradient(list, "sigmoid", x, Pointwise::sigmoid);
        gradient(list, "tanh", x, Pointwise::tanh);
        gradient(list, "softplus", x, Pointwise::softplus);
        gradient(list, "leakyRelu", x, v -> Pointwise.leakyRelu(v, 0.01));
        gradient(list, "elu", x, v -> Pointwise.elu(v, 1));
        gradient(list, "gelu", x, Pointwise::gelu);
        gradient(list, "binarize", x, v -> Pointwise.binarize(v, StepGradient.STRAIGHT_THROUGH));
    }

    /** The gradient of an activation of special operands under an upstream gradient of ordinary numbers. */
    private static void gradient(CaseList list, String name, Operand x, UnaryOperator<Value> activation) {
        list.plain("special gradient of " + name, List.of(x, Operand.any(37)), v -> Gradients.of(
                Reduction.sum(activation.apply(v.get(0)).times(v.get(1))), List.of(v.get(0))).getFirst());
    }

    private static String name(Enum<?> function) {
        return "special " + function.name().toLowerCase(Locale.ROOT);
    }
}
