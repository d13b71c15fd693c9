package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Reduction.Fold;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Elements;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Arithmetic on small tensors in host memory. Floating-point numbers are computed in double and rounded once to their type, as the
 * reference backend does; integers in long, and wrapped to their type.
 */
final class HostArithmetic {
    private HostArithmetic() { }

    /** Whether the function is one that is computed here. */
    static boolean has(UnaryFunction function) {
        return switch (function) {
            case NEGATE, ABS, SIGN, EXP, LOG, SQRT, RECIPROCAL, SQUARE, FLOOR, CEIL, ROUND, NOT -> true;
            case EXPM1, LOG1P, RSQRT, SIGMOID, TANH, RELU, SOFTPLUS, ERF -> false;
        };
    }

    static Tensor unary(UnaryFunction function, Tensor x) {
        if (x.dtype().isFloating()) {
            return map(x, switch (function) {
                case NEGATE -> v -> -v;
                case ABS -> Math::abs;
                case SIGN -> Math::signum;
                case EXP -> Math::exp;
                case LOG -> Math::log;
                case SQRT -> Math::sqrt;
                case RECIPROCAL -> v -> 1 / v;
                case SQUARE -> v -> v * v;
                case FLOOR -> Math::floor;
                case CEIL -> Math::ceil;
                case ROUND -> Math::rint;
                default -> throw new IllegalArgumentException(function + " takes no " + x.dtype() + ".");
            });
        }
        long[] values = x.toLongs();
        for (int i = 0; i < values.length; i++) {
            long v = values[i];
            values[i] = switch (function) {
                case NEGATE -> -v;
                case ABS -> Math.abs(v);
                case SIGN -> Long.signum(v);
                case SQUARE -> v * v;
                case NOT -> 1 - v;
                default -> throw new IllegalArgumentException(function + " takes no " + x.dtype() + ".");
            };
        }
        return of(x.dtype(), x.shape(), values);
    }

    /** A function of each number. */
    static Tensor map(Tensor x, DoubleUnaryOperator function) {
        return of(x.dtype(), x.shape(), Arrays.stream(x.toDoubles()).map(function).toArray());
    }

    /**
     * A function of two operands of one type, which broadcast. Integers are divided towards zero, and raised to powers that are not
     * negative.
     *
     * @throws ArithmeticException if an integer is divided by 0 or raised to a negative power
     */
    static Tensor binary(BinaryFunction function, Tensor x, Tensor y) {
        Shape shape = Shape.broadcast(x.shape(), y.shape());
        Tensor left = HostShapes.broadcastTo(x, shape);
        Tensor right = HostShapes.broadcastTo(y, shape);
        if (x.dtype().isFloating()) {
            double[] a = left.toDoubles();
            double[] b = right.toDoubles();
            for (int i = 0; i < a.length; i++) {
                a[i] = switch (function) {
                    case ADD -> a[i] + b[i];
                    case SUBTRACT -> a[i] - b[i];
                    case MULTIPLY -> a[i] * b[i];
                    case DIVIDE -> a[i] / b[i];
                    case POW -> Math.pow(a[i], b[i]);
                    case MAX -> Math.max(a[i], b[i]);
                    case MIN -> Math.min(a[i], b[i]);
                    case AND, OR, XOR -> throw new IllegalArgumentException(function + " takes no " + x.dtype() + ".");
                };
            }
            return of(x.dtype(), shape, a);
        }
        long[] a = left.toLongs();
        long[] b = right.toLongs();
        for (int i = 0; i < a.length; i++) {
            a[i] = switch (function) {
                case ADD -> a[i] + b[i];
                case SUBTRACT -> a[i] - b[i];
                case MULTIPLY -> a[i] * b[i];
                case DIVIDE -> quotient(a[i], b[i]);
                case POW -> power(a[i], b[i]);
                case MAX -> Math.max(a[i], b[i]);
                case MIN -> Math.min(a[i], b[i]);
                case AND -> a[i] & b[i];
                case OR -> a[i] | b[i];
                case XOR -> a[i] ^ b[i];
            };
        }
        return of(x.dtype(), shape, a);
    }

    private static long quotient(long a, long b) {
        if (b == 0) {
            throw new ArithmeticException(a + " is divided by 0.");
        }
        return a / b;
    }

    /** By squaring; what does not fit wraps. */
    private static long power(long base, long exponent) {
        if (exponent < 0) {
            throw new ArithmeticException("the integer " + base + " is raised to " + exponent + ", needs an exponent >= 0.");
        }
        long result = 1;
        long square = base;
        for (long rest = exponent; rest > 0; rest >>= 1) {
            if ((rest & 1) != 0) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }

    static Tensor compare(Comparison comparison, Tensor x, Tensor y) {
        Shape shape = Shape.broadcast(x.shape(), y.shape());
        Tensor left = HostShapes.broadcastTo(x, shape);
        Tensor right = HostShapes.broadcastTo(y, shape);
        long[] holds = new long[Math.toIntExact(shape.elements())];
        if (x.dtype().isFloating()) {
            double[] a = left.toDoubles();
            double[] b = right.toDoubles();
            for (int i = 0; i < holds.length; i++) {
                boolean nan = a[i] != a[i] || b[i] != b[i];
                holds[i] = (nan ? comparison == Comparison.NOT_EQUAL : holds(comparison, a[i] < b[i] ? -1 : a[i] > b[i] ? 1 : 0)) ? 1 : 0;
            }
        } else {
            long[] a = left.toLongs();
            long[] b = right.toLongs();
            for (int i = 0; i < holds.length; i++) {
                holds[i] = holds(comparison, Long.compare(a[i], b[i])) ? 1 : 0;
            }
        }
        return of(DType.BOOL, shape, holds);
    }

    /** Of two numbers in this order: negative, 0 or positive. */
    private static boolean holds(Comparison comparison, int order) {
        return switch (comparison) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    /** Elements of a where the condition holds, else of b. */
    static Tensor where(Tensor condition, Tensor a, Tensor b) {
        Shape shape = Shape.broadcast(condition.shape(), Shape.broadcast(a.shape(), b.shape()));
        long[] holds = HostShapes.broadcastTo(condition, shape).toLongs();
        Tensor left = HostShapes.broadcastTo(a, shape);
        Tensor right = HostShapes.broadcastTo(b, shape);
        if (a.dtype().isFloating()) {
            double[] x = left.toDoubles();
            double[] y = right.toDoubles();
            for (int i = 0; i < x.length; i++) {
                x[i] = holds[i] != 0 ? x[i] : y[i];
            }
            return of(a.dtype(), shape, x);
        }
        long[] x = left.toLongs();
        long[] y = right.toLongs();
        for (int i = 0; i < x.length; i++) {
            x[i] = holds[i] != 0 ? x[i] : y[i];
        }
        return of(a.dtype(), shape, x);
    }

    /**
     * Folds axes, which stay with extent 1.
     *
     * @param axes from 0, in order
     * @throws IllegalArgumentException for a maximum or minimum of nothing, or a mean of integers
     */
    static Tensor reduce(Fold fold, Tensor x, List<Integer> axes) {
        Shape kept = x.shape();
        for (int axis : axes) {
            kept = kept.with(axis, 1);
        }
        long count = axes.stream().mapToLong(x.shape()::dim).reduce(1, Math::multiplyExact);
        if (fold == Fold.MEAN && !x.dtype().isFloating() || count == 0 && (fold == Fold.MAX || fold == Fold.MIN)) {
            throw new IllegalArgumentException(fold + " of axes " + axes + " of " + x.dtype() + " " + x.shape() + " is not defined.");
        }
        // What is folded comes last, so that a row holds one result's numbers.
        int[] order = IntStream.concat(IntStream.range(0, x.shape().rank()).filter(a -> !axes.contains(a)),
                axes.stream().mapToInt(Integer::intValue)).toArray();
        Tensor rows = x.transpose(order).contiguous();
        int n = Math.toIntExact(count);
        if (x.dtype().isFloating()) {
            double[] values = rows.toDoubles();
            double[] folded = new double[Math.toIntExact(kept.elements())];
            for (int row = 0; row < folded.length; row++) {
                DoubleStream numbers = Arrays.stream(values, row * n, (row + 1) * n);
                folded[row] = switch (fold) {
                    case SUM -> numbers.reduce(0, Double::sum);
                    case MEAN -> numbers.reduce(0, Double::sum) / n;
                    case MAX -> numbers.reduce(Double.NEGATIVE_INFINITY, Math::max);
                    case MIN -> numbers.reduce(Double.POSITIVE_INFINITY, Math::min);
                };
            }
            return of(x.dtype(), kept, folded);
        }
        long[] values = rows.toLongs();
        long[] folded = new long[Math.toIntExact(kept.elements())];
        for (int row = 0; row < folded.length; row++) {
            LongStream numbers = Arrays.stream(values, row * n, (row + 1) * n);
            folded[row] = fold == Fold.SUM ? numbers.sum() : fold == Fold.MAX ? numbers.reduce(Long.MIN_VALUE, Math::max)
                    : numbers.reduce(Long.MAX_VALUE, Math::min);
        }
        return of(x.dtype(), kept, folded);
    }

    /** A tensor of numbers, each rounded to the type. */
    static Tensor of(DType dtype, Shape shape, double[] values) {
        return Tensor.of(dtype, values, values.length).reshape(shape.toArray());
    }

    /** A tensor of integers, each wrapped to the type. */
    static Tensor of(DType dtype, Shape shape, long[] values) {
        Tensor tensor = Tensor.zeros(dtype, shape);
        for (int i = 0; i < values.length; i++) {
            Elements.setLong(tensor.memory(), dtype, i, values[i]);
        }
        return tensor;
    }
}
