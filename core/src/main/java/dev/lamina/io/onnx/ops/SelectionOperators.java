package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.BinaryFunction.MAX;
import static dev.lamina.graph.Pointwise.BinaryFunction.MIN;
import static java.util.Map.entry;

import dev.lamina.graph.Pointwise;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Choices between operands, bounds, and conversions of type. */
final class SelectionOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Cast", Operator.of(call -> Folding.cast(call, call.operand(0), target(call)))),
            entry("CastLike", Operator.of(call -> Folding.cast(call, call.operand(0), call.dtype(1)))),
            entry("Clip", Operator.of(SelectionOperators::clip)),
            entry("Where", Operator.of(call -> Folding.where(call, call.operand(0), call.operand(1), call.operand(2)))));

    /** From this version on, Clip's bounds are inputs. */
    private static final int BOUNDS_ARE_INPUTS = 11;

    private SelectionOperators() { }

    private static DType target(Call call) {
        call.require(call.hasAttribute("to"), "attribute to is missing.");
        // Version 1 names the type.
        OnnxType type = call.node().attributes().get("to") instanceof OnnxAttribute.Text(String name)
                ? Arrays.stream(OnnxType.values()).filter(t -> t.name().equals(name)).findFirst().orElse(OnnxType.UNDEFINED)
                : OnnxType.of(call.integer("to", 0));
        return type.dtype().orElseThrow(() -> call.error("attribute to %s", type.refusal()));
    }

    /** By both bounds at once if they are known; the gradient at a bound passes. Where they cross, the upper one wins. */
    private static Operand clip(Call call) {
        Operand x = call.operand(0);
        if (call.version() < BOUNDS_ARE_INPUTS) {
            double low = call.number("min", -Float.MAX_VALUE);
            double high = call.number("max", Float.MAX_VALUE);
            return low <= high ? Operand.of(Pointwise.clip(call.value(0), low, high))
                    : bounded(call, x, Optional.of(scalar(x, low)), Optional.of(scalar(x, high)));
        }
        Optional<Tensor> low = call.known(1);
        Optional<Tensor> high = call.known(2);
        if (x.dtype().isFloating() && !Folding.known(x.shape(), x) && low.isPresent() && high.isPresent() && low.get().elements() == 1
                && high.get().elements() == 1 && low.get().item() <= high.get().item()) {
            return Operand.of(Pointwise.clip(call.value(0), low.get().item(), high.get().item()));
        }
        return bounded(call, x, bound(call, 1), bound(call, 2));
    }

    private static Optional<Operand> bound(Call call, int i) {
        call.require(!call.has(i) || call.shape(i).elements() == 1, "input %d is a bound of shape %s, needs one number.", i,
                call.has(i) ? call.shape(i) : null);
        // A weight is a fixed bound, not one to train.
        return call.has(i) ? Optional.of(Folding.reshape(call, call.known(i).map(Operand::of).orElse(call.operand(i)), Shape.scalar()))
                : Optional.empty();
    }

    private static Operand bounded(Call call, Operand x, Optional<Operand> low, Optional<Operand> high) {
        Operand above = low.map(bound -> Folding.binary(call, MAX, x, bound)).orElse(x);
        return high.map(bound -> Folding.binary(call, MIN, above, bound)).orElse(above);
    }

    private static Operand scalar(Operand like, double value) {
        return Operand.of(Tensor.scalar(like.dtype(), value));
    }
}
