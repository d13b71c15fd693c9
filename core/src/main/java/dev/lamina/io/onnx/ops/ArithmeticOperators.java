package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.BinaryFunction.ADD;
import static java.util.Map.entry;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Value;
import java.util.Map;

/** Sums, products and other functions of numbers, truth values and comparisons, element by element. */
final class ArithmeticOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Add", binary(ADD)));

    private ArithmeticOperators() { }

    private static Operator binary(BinaryFunction function) {
        return Operator.single(call -> {
            Value a = call.value(0);
            Value b = call.value(1);
            // Before version 7, operands of lower rank stood at an axis; see Broadcast-1.
            call.require(!call.hasAttribute("axis") && !call.hasAttribute("broadcast"), "has the broadcasting of before operator set 7, "
                    + "which Lamina does not read. Convert the model to a newer one.");
            return Pointwise.binary(function, a, b);
        });
    }
}
