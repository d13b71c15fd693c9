package dev.lamina.cpu.reference;

import dev.lamina.graph.Pointwise;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;

/** Ops on each element by itself. Operands are loaded before results are stored, so both may share memory. */
final class PointwiseKernels {
    private PointwiseKernels() { }

    static void unary(Pointwise.Unary op, Call call) {
        if (!call.dtype(0).isFloating()) {
            unaryLongs(op, call);
            return;
        }
        switch (op.function()) {
            case NEGATE -> map(call, x -> -x);
            case ABS -> map(call, Math::abs);
            case SIGN -> map(call, Math::signum);
            case EXP -> map(call, Math::exp);
            case EXPM1 -> map(call, Math::expm1);
            case LOG -> map(call, Math::log);
            case LOG1P -> map(call, Math::log1p);
            case SQRT -> map(call, Math::sqrt);
            case RSQRT -> map(call, x -> 1 / Math.sqrt(x));
            case RECIPROCAL -> map(call, x -> 1 / x);
            case SQUARE -> map(call, x -> x * x);
            case FLOOR -> map(call, Math::floor);
            case CEIL -> map(call, Math::ceil);
            case ROUND -> map(call, Math::rint);
            case SIGMOID -> map(call, SpecialFunctions::sigmoid);
            case TANH -> map(call, Math::tanh);
            case RELU -> relu(call);
            case SOFTPLUS -> map(call, SpecialFunctions::softplus);
            case ERF -> map(call, SpecialFunctions::erf);
            case NOT -> throw new IllegalStateException(call.node() + " of a floating operand");
        }
    }

    private static void unaryLongs(Pointwise.Unary op, Call call) {
        long[] x = call.loadLongs(0);
        for (int i = 0; i < x.length; i++) {
            x[i] = switch (op.function()) {
                case NEGATE -> -x[i];
                case ABS -> Math.abs(x[i]);
                case SIGN -> Long.signum(x[i]);
                case SQUARE -> x[i] * x[i];
                case RELU -> Math.max(0, x[i]);
                case NOT -> 1 - x[i];
                case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, FLOOR, CEIL, ROUND, SIGMOID, TANH, SOFTPLUS, ERF ->
                    throw new IllegalStateException(call.node() + " of an integer operand");
            };
        }
        call.storeLongs(0, x);
    }

    private static void relu(Call call) {
        double[] x = call.load(0);
        for (int i = 0; i < x.length; i++) {
            x[i] = x[i] <= 0 ? 0 : x[i];
        }
        call.store(0, x);
    }

    /** Stores {@code f} of each element of the only operand. */
    static void map(Call call, DoubleUnaryOperator f) {
        double[] x = call.load(0);
        call.workers().ranges(x.length, (from, to) -> {
            for (int i = from; i < to; i++) {
                x[i] = f.applyAsDouble(x[i]);
            }
        });
        call.store(0, x);
    }

    static void binary(Pointwise.Binary op, Call call) {
        if (!call.dtype(0).isFloating()) {
            binaryLongs(op, call);
            return;
        }
        Shape shape = call.outShape(0);
        double[] a = stretched(call, 0, shape);
        double[] b = stretched(call, 1, shape);
        double[] y = new double[a.length];
        switch (op.function()) {
            case ADD -> {
                for (int i = 0; i < y.length; i++) {
                    y[i] = a[i] + b[i];
                }
            }
            case SUBTRACT -> {
                for (int i = 0; i < y.length; i++) {
                    y[i] = a[i] - b[i];
                }
            }
            case MULTIPLY -> {
                for (int i = 0; i < y.length; i++) {
                    y[i] = a[i] * b[i];
                }
            }
            case DIVIDE -> {
                for (int i = 0; i < y.length; i++) {
                    y[i] = a[i] / b[i];
                }
            }
            case POW -> zip(call, a, b, y, Math::pow);
            case MAX -> zip(call, a, b, y, Math::max);
            case MIN -> zip(call, a, b, y, Math::min);
            case AND, OR, XOR -> throw new IllegalStateException(call.node() + " of floating operands");
        }
        call.store(0, y);
    }

    private static void zip(Call call, double[] a, double[] b, double[] y, DoubleBinaryOperator f) {
        call.workers().ranges(y.length, (from, to) -> {
            for (int i = from; i < to; i++) {
                y[i] = f.applyAsDouble(a[i], b[i]);
            }
        });
    }

    private static void binaryLongs(Pointwise.Binary op, Call call) {
        LongBinaryOperator f = switch (op.function()) {
            case ADD -> Long::sum;
            case SUBTRACT -> (a, b) -> a - b;
            case MULTIPLY -> (a, b) -> a * b;
            case MAX -> Math::max;
            case MIN -> Math::min;
            case AND -> (a, b) -> a & b;
            case OR -> (a, b) -> a | b;
            case XOR -> (a, b) -> a ^ b;
            case DIVIDE, POW -> throw new IllegalStateException(call.node() + " of integer operands");
        };
        long[] a = stretchedLongs(call, 0, call.outShape(0));
        long[] b = stretchedLongs(call, 1, call.outShape(0));
        for (int i = 0; i < a.length; i++) {
            a[i] = f.applyAsLong(a[i], b[i]);
        }
        call.storeLongs(0, a);
    }

    static void compare(Pointwise.Compare op, Call call) {
        Shape shape = call.outShape(0);
        long[] y = new long[call.outSize(0)];
        if (!call.dtype(0).isFloating()) {
            long[] a = stretchedLongs(call, 0, shape);
            long[] b = stretchedLongs(call, 1, shape);
            for (int i = 0; i < y.length; i++) {
                y[i] = holds(op.comparison(), Long.compare(a[i], b[i])) ? 1 : 0;
            }
        } else {
            compare(op.comparison(), stretched(call, 0, shape), stretched(call, 1, shape), y);
        }
        call.storeLongs(0, y);
    }

    private static boolean holds(Pointwise.Comparison comparison, int order) {
        return switch (comparison) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    private static void compare(Pointwise.Comparison comparison, double[] a, double[] b, long[] y) {
        switch (comparison) {
            case EQUAL -> {
                for (int i = 0; i < y.length; i++) {
                    y[i] = a[i] == b[i] ? 1 : 0;
                }
            }
            case NOT_EQUAL -> {
                for (int i = 0; i < y.length; i++) {
                    y[i] = a[i] != b[i] ? 1 : 0;
                }
            }
            case LESS -> {
                for (int i = 0; i < y.length; i++) {
                    y[i] = a[i] < b[i] ? 1 : 0;
                }
            }
            case LESS_OR_EQUAL -> {
                for (int i = 0; i < y.length; i++) {
                    y[i] = a[i] <= b[i] ? 1 : 0;
                }
            }
            case GREATER -> compare(Pointwise.Comparison.LESS, b, a, y);
            case GREATER_OR_EQUAL -> compare(Pointwise.Comparison.LESS_OR_EQUAL, b, a, y);
        }
    }

    static void where(Call call) {
        Shape shape = call.outShape(0);
        long[] condition = stretchedLongs(call, 0, shape);
        if (call.dtype(1).isFloating()) {
            double[] a = stretched(call, 1, shape);
            double[] b = stretched(call, 2, shape);
            for (int i = 0; i < a.length; i++) {
                a[i] = condition[i] != 0 ? a[i] : b[i];
            }
            call.store(0, a);
        } else {
            long[] a = stretchedLongs(call, 1, shape);
            long[] b = stretchedLongs(call, 2, shape);
            for (int i = 0; i < a.length; i++) {
                a[i] = condition[i] != 0 ? a[i] : b[i];
            }
            call.storeLongs(0, a);
        }
    }

    static void cast(Call call) {
        DType from = call.dtype(0);
        if (from.isFloating() || call.outDtype(0).isFloating()) {
            call.store(0, call.load(0));
        } else {
            call.storeLongs(0, call.loadLongs(0));
        }
    }

    static void reluGradient(Pointwise.ReluGradient op, Call call) {
        double[] g = call.load(0);
        double[] y = call.load(1);
        switch (op.rule()) {
            case GRADIENT -> {
                for (int i = 0; i < g.length; i++) {
                    g[i] = y[i] > 0 ? g[i] : 0;
                }
            }
            case DECONVNET -> {
                for (int i = 0; i < g.length; i++) {
                    g[i] = Math.max(0, g[i]);
                }
            }
            case GUIDED -> {
                for (int i = 0; i < g.length; i++) {
                    g[i] = y[i] > 0 && g[i] > 0 ? g[i] : 0;
                }
            }
        }
        call.store(0, g);
    }

    private static double[] stretched(Call call, int i, Shape shape) {
        return Strided.stretch(call.load(i), call.shape(i), shape);
    }

    private static long[] stretchedLongs(Call call, int i, Shape shape) {
        return Strided.stretch(call.loadLongs(i), call.shape(i), shape);
    }
}
