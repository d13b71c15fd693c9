package dev.lamina.cuda.kernels;

import dev.lamina.cuda.kernels.Element.Register;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.tensor.DType;

/**
 * The expression of a pointwise op over registers, with the meaning that the reference backend gives it. Attributes are operands, after
 * the op's own, in the order of {@link #attributes}.
 */
final class Formula {
    private Formula() { }

    /** Numbers of the op that are arguments of the kernel, so that ops that differ in them share one. */
    static double[] attributes(Pointwise op) {
        return switch (op) {
            case Pointwise.LeakyRelu relu -> new double[] {relu.slope()};
            case Pointwise.Elu elu -> new double[] {elu.alpha()};
            case Pointwise.Clip clip -> new double[] {clip.low(), clip.high()};
            case Pointwise.Unary _, Pointwise.Binary _, Pointwise.Compare _, Pointwise.Where _, Pointwise.Cast _, Pointwise.Gelu _,
                Pointwise.Binarize _, Pointwise.ReluGradient _ -> new double[0];
        };
    }

    /** The type of a result. */
    static DType result(Pointwise op, DType[] operands) {
        return switch (op) {
            case Pointwise.Compare _ -> DType.BOOL;
            case Pointwise.Cast cast -> cast.dtype();
            case Pointwise.Where _ -> operands[1];
            case Pointwise.Unary _, Pointwise.Binary _, Pointwise.LeakyRelu _, Pointwise.Elu _, Pointwise.Gelu _, Pointwise.Clip _,
                Pointwise.Binarize _, Pointwise.ReluGradient _ -> operands[0];
        };
    }

    /**
     * The expression, rounded to the result's type.
     *
     * @param types of the operands
     * @param x names of the operands' registers
     */
    static String of(Pointwise op, DType[] types, String[] x) {
        if (op instanceof Pointwise.Cast cast) {
            return Element.cast(types[0], cast.dtype(), x[0]);
        }
        Register register = Element.register(types[0]);
        return Element.rounded(result(op, types), switch (op) {
            case Pointwise.Unary unary when register == Register.INTEGER -> whole(unary.function(), x[0]);
            case Pointwise.Unary unary -> real(unary.function(), register.text(), x[0]);
            case Pointwise.Binary binary when register == Register.INTEGER -> whole(binary.function(), x[0], x[1]);
            case Pointwise.Binary binary -> real(binary.function(), x[0], x[1]);
            case Pointwise.Compare compare -> x[0] + " " + symbol(compare.comparison()) + " " + x[1];
            case Pointwise.Where _ -> x[0] + " != 0 ? " + x[1] + " : " + x[2];
            case Pointwise.LeakyRelu _ -> x[0] + " > 0 ? " + x[0] + " : " + x[1] + " * " + x[0];
            case Pointwise.Elu _ -> x[0] + " > 0 ? " + x[0] + " : " + x[1] + " * expm1(" + x[0] + ")";
            case Pointwise.Gelu gelu -> (gelu.tanhApproximation() ? "gelu_tanh(" : "gelu(") + x[0] + ")";
            case Pointwise.Clip _ -> "smaller(larger(" + x[0] + ", " + x[1] + "), " + x[2] + ")";
            case Pointwise.Binarize _ -> x[0] + " > 0 ? 1 : 0";
            case Pointwise.ReluGradient gradient -> passed(gradient.rule(), x[0], x[1]);
            case Pointwise.Cast _ -> throw new IllegalStateException("a cast is done above");
        });
    }

    private static String real(UnaryFunction function, String type, String x) {
        return switch (function) {
            case NEGATE -> "-" + x;
            case ABS -> "fabs(" + x + ")";
            case SIGN -> "sign(" + x + ")";
            case EXP -> "exp(" + x + ")";
            case EXPM1 -> "expm1(" + x + ")";
            case LOG -> "log(" + x + ")";
            case LOG1P -> "log1p(" + x + ")";
            case SQRT -> "sqrt(" + x + ")";
            case RSQRT -> type + "(1) / sqrt(" + x + ")";
            case RECIPROCAL -> type + "(1) / " + x;
            case SQUARE -> x + " * " + x;
            case FLOOR -> "floor(" + x + ")";
            case CEIL -> "ceil(" + x + ")";
            case ROUND -> "rint(" + x + ")";
            case SIGMOID -> "sigmoid(" + x + ")";
            case TANH -> "tanh(" + x + ")";
            case RELU -> x + " <= 0 ? 0 : " + x;
            case SOFTPLUS -> "softplus(" + x + ")";
            case ERF -> "erf(" + x + ")";
            case NOT -> throw new IllegalStateException("not of a floating operand");
        };
    }

    /** Overflow wraps, which C defines for unsigned numbers only. */
    private static String whole(UnaryFunction function, String x) {
        return switch (function) {
            case NEGATE -> wrapping("0", "-", x);
            case ABS -> x + " < 0 ? " + wrapping("0", "-", x) + " : " + x;
            case SIGN -> "(" + x + " > 0) - (" + x + " < 0)";
            case SQUARE -> wrapping(x, "*", x);
            case RELU -> x + " > 0 ? " + x + " : 0";
            case NOT -> "1 - " + x;
            case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, FLOOR, CEIL, ROUND, SIGMOID, TANH, SOFTPLUS, ERF ->
                throw new IllegalStateException(function + " of an integer operand");
        };
    }

    private static String real(BinaryFunction function, String a, String b) {
        return switch (function) {
            case ADD -> a + " + " + b;
            case SUBTRACT -> a + " - " + b;
            case MULTIPLY -> a + " * " + b;
            case DIVIDE -> a + " / " + b;
            case POW -> "power(" + a + ", " + b + ")";
            case MAX -> "larger(" + a + ", " + b + ")";
            case MIN -> "smaller(" + a + ", " + b + ")";
            case AND, OR, XOR -> throw new IllegalStateException(function + " of floating operands");
        };
    }

    private static String whole(BinaryFunction function, String a, String b) {
        return switch (function) {
            case ADD -> wrapping(a, "+", b);
            case SUBTRACT -> wrapping(a, "-", b);
            case MULTIPLY -> wrapping(a, "*", b);
            case MAX -> a + " > " + b + " ? " + a + " : " + b;
            case MIN -> a + " < " + b + " ? " + a + " : " + b;
            case AND -> a + " & " + b;
            case OR -> a + " | " + b;
            case XOR -> a + " ^ " + b;
            case DIVIDE, POW -> throw new IllegalStateException(function + " of integer operands");
        };
    }

    private static String wrapping(String a, String symbol, String b) {
        return "(long long)((unsigned long long)" + a + " " + symbol + " (unsigned long long)" + b + ")";
    }

    private static String symbol(Pointwise.Comparison comparison) {
        return switch (comparison) {
            case EQUAL -> "==";
            case NOT_EQUAL -> "!=";
            case LESS -> "<";
            case LESS_OR_EQUAL -> "<=";
            case GREATER -> ">";
            case GREATER_OR_EQUAL -> ">=";
        };
    }

    private static String passed(ReluRule rule, String gradient, String output) {
        return switch (rule) {
            case GRADIENT -> output + " > 0 ? " + gradient + " : 0";
            case DECONVNET -> gradient + " <= 0 ? 0 : " + gradient;
            case GUIDED -> output + " > 0 && " + gradient + " > 0 ? " + gradient + " : 0";
        };
    }
}
