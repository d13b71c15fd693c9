package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.UnaryFunction.RELU;
import static java.util.Map.entry;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.UnaryFunction;
import java.util.Map;

/** Activations. */
final class ActivationOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Relu", unary(RELU)));

    private ActivationOperators() { }

    private static Operator unary(UnaryFunction function) {
        return Operator.single(call -> Pointwise.unary(function, call.value(0)));
    }
}
