package dev.lamina.io.onnx.ops;

import static dev.lamina.graph.Pointwise.BinaryFunction.ADD;
import static dev.lamina.graph.Pointwise.BinaryFunction.AND;
import static dev.lamina.graph.Pointwise.BinaryFunction.DIVIDE;
import static dev.lamina.graph.Pointwise.BinaryFunction.MAX;
import static dev.lamina.graph.Pointwise.BinaryFunction.MIN;
import static dev.lamina.graph.Pointwise.BinaryFunction.MULTIPLY;
import static dev.lamina.graph.Pointwise.BinaryFunction.OR;
import static dev.lamina.graph.Pointwise.BinaryFunction.POW;
import static dev.lamina.graph.Pointwise.BinaryFunction.SUBTRACT;
import static dev.lamina.graph.Pointwise.BinaryFunction.XOR;
import static dev.lamina.graph.Pointwise.Comparison.EQUAL;
import static dev.lamina.graph.Pointwise.Comparison.GREATER;
import static dev.lamina.graph.Pointwise.Comparison.GREATER_OR_EQUAL;
import static dev.lamina.graph.Pointwise.Comparison.LESS;
import static dev.lamina.graph.Pointwise.Comparison.LESS_OR_EQUAL;
import static java.util.Map.entry;

import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;

/** Sums, products and other functions of numbers, truth values and comparisons, element by element. */
final class ArithmeticOperators {
    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Abs", unary(UnaryFunction.ABS)),
            entry("Add", binary(ADD)),
            entry("And", binary(AND)),
            entry("Ceil", unary(UnaryFunction.CEIL)),
            entry("Cos", onlyKnown(Math::cos)),
            entry("Div", aligned(ArithmeticOperators::divide)),
            entry("Equal", compare(EQUAL)),
            entry("Erf", unary(UnaryFunction.ERF)),
            entry("Exp", unary(UnaryFunction.EXP)),
            entry("Floor", unary(UnaryFunction.FLOOR)),
            entry("Greater", compare(GREATER)),
            entry("GreaterOrEqual", compare(GREATER_OR_EQUAL)),
            entry("Less", compare(LESS)),
            entry("LessOrEqual", compare(LESS_OR_EQUAL)),
            entry("Log", unary(UnaryFunction.LOG)),
            entry("Max", Operator.of(call -> all(call, MAX))),
            entry("Mean", Operator.of(ArithmeticOperators::mean)),
            entry("Min", Operator.of(call -> all(call, MIN))),
            entry("Mod", Operator.of(ArithmeticOperators::mod)),
            entry("Mul", binary(MULTIPLY)),
            entry("Neg", unary(UnaryFunction.NEGATE)),
            entry("Not", unary(UnaryFunction.NOT)),
            entry("Or", binary(OR)),
            entry("Pow", aligned(ArithmeticOperators::pow)),
            entry("Reciprocal", unary(UnaryFunction.RECIPROCAL)),
            entry("Round", unary(UnaryFunction.ROUND)),
            entry("Sign", unary(UnaryFunction.SIGN)),
            entry("Sin", onlyKnown(Math::sin)),
            entry("Sqrt", unary(UnaryFunction.SQRT)),
            entry("Sub", binary(SUBTRACT)),
            entry("Sum", Operator.of(call -> all(call, ADD))),
            entry("Xor", binary(XOR)));

    /** From this version of the operator set on, operands broadcast by NumPy's rule. */
    private static final int NUMPY_BROADCASTING = 7;

    private ArithmeticOperators() { }

    private static Operator unary(UnaryFunction function) {
        return Operator.of(call -> Folding.unary(call, function, call.operand(0)));
    }

    private static Operator onlyKnown(DoubleUnaryOperator function) {
        return Operator.of(call -> Folding.onlyKnown(call, x -> HostArithmetic.map(x, function), call.operand(0)));
    }

    private static Operator binary(BinaryFunction function) {
        return Operator.of(call -> Folding.binary(call, function, call.operand(0), second(call)));
    }

    private static Operator compare(Comparison comparison) {
        return Operator.of(call -> Folding.compare(call, comparison, call.operand(0), second(call)));
    }

    private static Operator aligned(TwoOperands function) {
        return Operator.of(call -> function.apply(call, call.operand(0), second(call)));
    }

    @FunctionalInterface
    private interface TwoOperands {
        Operand apply(Call call, Operand a, Operand b);
    }

    /**
     * The second operand. Before version 7 it broadcast only where attribute {@code broadcast} said so, and its axes stood from
     * {@code axis} on; by default at the end.
     */
    private static Operand second(Call call) {
        Operand b = call.operand(1);
        if (call.version() >= NUMPY_BROADCASTING) {
            call.require(!call.hasAttribute("axis") && !call.hasAttribute("broadcast"), "has attribute axis or broadcast, which operator "
                    + "set %d has not. Convert the model again.", call.version());
            return b;
        }
        Shape left = call.shape(0);
        Shape right = b.shape();
        if (call.integer("broadcast", 0) == 0) {
            call.require(left.equals(right), "operands have shapes %s and %s, need one without attribute broadcast = 1.", left, right);
            return b;
        }
        call.require(right.rank() <= left.rank(), "the second operand has shape %s, the first %s; the first needs the higher rank.",
                right, left);
        int axis = call.hasAttribute("axis") ? call.axis(call.integer("axis", 0), Math.max(1, left.rank())) : left.rank() - right.rank();
        call.require(axis + right.rank() <= left.rank(), "axis = %d: shape %s does not fit into %s from there on.", axis, right, left);
        long[] dims = new long[left.rank() - axis];
        Arrays.fill(dims, 1);
        System.arraycopy(right.toArray(), 0, dims, 0, right.rank());
        return Folding.reshape(call, b, Shape.of(dims));
    }

    /** All inputs, two by two. */
    private static Operand all(Call call, BinaryFunction function) {
        Operand result = call.operand(0);
        for (int i = 1; i < call.inputs(); i++) {
            result = Folding.binary(call, function, result, call.operand(i));
        }
        return result;
    }

    private static Operand mean(Call call) {
        Operand sum = all(call, ADD);
        return call.inputs() == 1 ? sum : Folding.binary(call, DIVIDE, sum, scalar(sum.dtype(), call.inputs()));
    }

    // --- division -----------------------------------------------------------------------------------------------------------------------

    /**
     * Integers are divided towards zero: at once where they are known, else in float64, which is exact for those of 32 bits and fewer.
     * Where the divisor is 0 then, the result is that of casting an infinity or NaN.
     */
    private static Operand divide(Call call, Operand a, Operand b) {
        if (a.dtype().isFloating() || Folding.known(Shape.broadcast(a.shape(), b.shape()), a, b)) {
            return Folding.binary(call, DIVIDE, a, b);
        }
        return inFloat64(call, a, b, (x, y) -> Folding.binary(call, DIVIDE, x, y));
    }

    /** A function of small integers in float64, the result cut to an integer. */
    private static Operand inFloat64(Call call, Operand a, Operand b, BiFunction<Operand, Operand, Operand> function) {
        if (a.dtype() == DType.INT64 || b.dtype() == DType.INT64) {
            return Folding.notKnown(call, "Lamina's ops on int64 are +, -, *, max, min and comparisons");
        }
        return Folding.cast(call, function.apply(Folding.cast(call, a, DType.FLOAT64), Folding.cast(call, b, DType.FLOAT64)), a.dtype());
    }

    /**
     * {@code a - b q}, with the quotient cut to an integer: towards zero where {@code fmod} is 1, else downwards. Floating-point numbers of
     * 32 bits and fewer are divided in float64; exact while the quotient is below 2^29. Those of 64 bits are rounded as their quotient is.
     */
    private static Operand mod(Call call) {
        Operand a = call.operand(0);
        Operand b = call.operand(1);
        boolean fmod = call.integer("fmod", 0) != 0;
        call.require(fmod || !a.dtype().isFloating(), "operands are %s, need attribute fmod = 1.", a.dtype());
        if (a.dtype().isFloating()) {
            Operand x = Folding.cast(call, a, DType.FLOAT64);
            Operand y = Folding.cast(call, b, DType.FLOAT64);
            Operand quotient = towardsZero(call, Folding.binary(call, DIVIDE, x, y));
            Operand rest = Folding.binary(call, SUBTRACT, x, Folding.binary(call, MULTIPLY, y, quotient));
            return Folding.cast(call, rest, a.dtype());
        }
        Operand cut = Folding.binary(call, MULTIPLY, divide(call, a, b), b);
        Operand rest = Folding.binary(call, SUBTRACT, a, cut);
        if (fmod || a.dtype() == DType.UINT8) {
            return rest;
        }
        // A remainder of the other sign than the divisor's is one divisor off.
        Operand zero = scalar(a.dtype(), 0);
        Operand differs = Folding.binary(call, XOR, Folding.compare(call, LESS, rest, zero), Folding.compare(call, LESS, b, zero));
        Operand moved = Folding.where(call, differs, Folding.binary(call, ADD, rest, b), rest);
        return Folding.where(call, Folding.compare(call, EQUAL, rest, zero), rest, moved);
    }

    private static Operand towardsZero(Call call, Operand x) {
        Operand floor = Folding.unary(call, UnaryFunction.FLOOR, Folding.unary(call, UnaryFunction.ABS, x));
        return Folding.binary(call, MULTIPLY, floor, Folding.unary(call, UnaryFunction.SIGN, x));
    }

    // --- powers -------------------------------------------------------------------------------------------------------------------------

    /** The result has the base's type, whatever the exponent's. */
    private static Operand pow(Call call, Operand base, Operand exponent) {
        Optional<Tensor> known = Call.known(exponent);
        if (known.isPresent() && known.get().elements() == 1 && known.get().item() == 2
                && Shape.broadcast(base.shape(), exponent.shape()).equals(base.shape())) {
            return Folding.unary(call, UnaryFunction.SQUARE, base);
        }
        if (base.dtype().isFloating()) {
            return Folding.binary(call, POW, base, Folding.cast(call, exponent, base.dtype()));
        }
        Shape shape = Shape.broadcast(base.shape(), exponent.shape());
        if (!exponent.dtype().isFloating() && Folding.known(shape, base, exponent)) {
            return Folding.binary(call, POW, base, Folding.cast(call, exponent, base.dtype()));
        }
        boolean whole = !exponent.dtype().isFloating();
        return inFloat64(call, base, exponent, (x, y) -> {
            Operand power = Folding.binary(call, POW, x, y);
            return whole ? Folding.unary(call, UnaryFunction.ROUND, power) : power;
        });
    }

    private static Operand scalar(DType dtype, double value) {
        return Operand.of(Tensor.scalar(dtype, value));
    }
}
