package dev.lamina.cuda.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.kernels.ChainProgram.Access;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.StepGradient;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values of single functions on numbers of all kinds, against Java's mathematics. */
class ChainKernelTest {
    private static final double[] NUMBERS = {0, -0.0, 1, -1, 0.5, -0.5, 2.5, -2.5, 1.5, 3.75, -7.25, 1e-3, -1e-3, 30, -30, 95, -95, 800,
        -800, 1e-30, -1e30, 1e30, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, Float.MIN_VALUE, -Float.MIN_NORMAL, 65504,
        65519, 65520};
    private static final List<DType> FLOATS = List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT16);

    @TempDir
    private static Path folder;
    private static ChainDevice device;

    private final List<Runnable> checks = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    @BeforeAll
    static void open() {
        device = new ChainDevice(folder);
    }

    @AfterAll
    static void close() {
        if (device != null) {
            device.close();
        }
    }

    private static Tensor tensor(DType type, double... values) {
        return Tensor.of(type, values, values.length);
    }

    /** Asks for a chain of one function; it runs when all are asked for. */
    private void check(Pointwise op, List<Tensor> operands, double[] expected, double units) {
        ChainProgram.Builder builder = new ChainProgram.Builder();
        int[] registers = operands.stream().mapToInt(x -> builder.operand(x.dtype(), x.dtype(), Access.DENSE)).toArray();
        int result = builder.apply(op, registers);
        ChainProgram types = builder.build();
        DType type = types.registers().get(result).type();
        builder.result(result, type);
        Supplier<List<Tensor>> run = device.prepare(builder.build(), false, 4, expected.length, operands);
        checks.add(() -> {
            double[] actual = run.get().getFirst().toDoubles();
            for (int i = 0; i < expected.length; i++) {
                double wanted = type.round(expected[i]);
                if (!near(wanted, actual[i], type, units)) {
                    int at = i;
                    failures.add(op + " of " + operands.stream().map(x -> x.dtype() + " " + x.toDoubles()[at]).toList() + ": " + actual[i]
                            + " instead of " + wanted);
                }
            }
        });
    }

    private static boolean near(double wanted, double actual, DType type, double units) {
        if (units == 0 || Double.isNaN(wanted) || Double.isInfinite(wanted) || wanted == 0) {
            return Double.compare(wanted, actual) == 0 || units > 0 && wanted == 0 && Math.abs(actual) < 1e-37;
        }
        // Results that are not normal numbers have fewer digits.
        double smallest = type == DType.FLOAT16 ? 0x1p-24 : type == DType.FLOAT64 ? Double.MIN_VALUE : 0x1p-149;
        return Math.abs(wanted - actual) <= units * (type.epsilon() * Math.abs(wanted) + smallest);
    }

    private void run() {
        checks.forEach(Runnable::run);
        assertTrue(failures.isEmpty(), () -> failures.size() + " failures\n"
                + String.join("\n", failures.subList(0, Math.min(40, failures.size()))));
        assertTrue(checks.size() > 3);
    }

    private void map(Pointwise op, DoubleUnaryOperator f, double units) {
        for (DType type : FLOATS) {
            Tensor x = tensor(type, NUMBERS);
            double[] expected = new double[NUMBERS.length];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = f.applyAsDouble(x.toDoubles()[i]);
            }
            check(op, List.of(x), expected, units);
        }
    }

    @Test
    void functionsOfOneNumber() {
        Map<UnaryFunction, DoubleUnaryOperator> exact = new LinkedHashMap<>();
        exact.put(UnaryFunction.NEGATE, x -> -x);
        exact.put(UnaryFunction.ABS, Math::abs);
        exact.put(UnaryFunction.SIGN, Math::signum);
        exact.put(UnaryFunction.SQRT, Math::sqrt);
        exact.put(UnaryFunction.RECIPROCAL, x -> 1 / x);
        exact.put(UnaryFunction.SQUARE, x -> x * x);
        exact.put(UnaryFunction.FLOOR, Math::floor);
        exact.put(UnaryFunction.CEIL, Math::ceil);
        exact.put(UnaryFunction.ROUND, Math::rint);
        exact.put(UnaryFunction.RELU, x -> x <= 0 ? 0 : x);
        exact.forEach((function, f) -> map(new Pointwise.Unary(function), f, 0));
        Map<UnaryFunction, DoubleUnaryOperator> near = new LinkedHashMap<>();
        near.put(UnaryFunction.EXP, Math::exp);
        near.put(UnaryFunction.EXPM1, Math::expm1);
        near.put(UnaryFunction.LOG, Math::log);
        near.put(UnaryFunction.LOG1P, Math::log1p);
        near.put(UnaryFunction.RSQRT, x -> 1 / Math.sqrt(x));
        near.put(UnaryFunction.SIGMOID, x -> x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
        near.put(UnaryFunction.TANH, Math::tanh);
        near.put(UnaryFunction.SOFTPLUS, x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
        near.forEach((function, f) -> map(new Pointwise.Unary(function), f, 4));
        run();
    }

    @Test
    void functionsWithAttributes() {
        map(new Pointwise.LeakyRelu(0.25), x -> x > 0 ? x : 0.25 * x, 0);
        map(new Pointwise.Elu(1.5), x -> x > 0 ? x : 1.5 * Math.expm1(x), 4);
        map(new Pointwise.Clip(-0.75, 2), x -> Math.min(Math.max(x, -0.75), 2), 0);
        map(new Pointwise.Clip(0, 0), x -> Math.min(Math.max(x, 0), 0), 0);
        map(new Pointwise.Binarize(StepGradient.BLOCK), x -> x > 0 ? 1 : 0, 0);
        map(new Pointwise.Gelu(true), x -> x == Double.NEGATIVE_INFINITY ? -0.0
                : x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))), 40);
        run();
    }

    /** Digits of the error function and of the normal distribution function from tables. */
    @Test
    void errorFunctionAndGelu() {
        double[] x = {0, 0.5, 1, -2, 4, -30, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN};
        double[] erf = {0, 0.5204998778130465, 0.8427007929497149, -0.9953222650189527, 0.9999999845827421, -1, 1, -1, Double.NaN};
        double[] gelu = {0, 0.5 * 0.6914624612740131, 0.8413447460685429, -2 * 0.02275013194817921, 4 * 0.9999683287581669, -0.0,
            Double.POSITIVE_INFINITY, -0.0, Double.NaN};
        for (DType type : FLOATS) {
            check(new Pointwise.Unary(UnaryFunction.ERF), List.of(tensor(type, x)), erf, 4);
            check(new Pointwise.Gelu(false), List.of(tensor(type, x)), gelu, 4);
        }
        run();
    }

    private static Tensor[] pairs(DType type, double[] numbers) {
        double[] a = new double[numbers.length * numbers.length];
        double[] b = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            a[i] = numbers[i / numbers.length];
            b[i] = numbers[i % numbers.length];
        }
        return new Tensor[] {tensor(type, a), tensor(type, b)};
    }

    private void zip(Pointwise op, DoubleBinaryOperator f, double units, List<DType> types, double... numbers) {
        for (DType type : types) {
            Tensor[] pair = pairs(type, numbers);
            double[] a = pair[0].toDoubles();
            double[] b = pair[1].toDoubles();
            double[] expected = new double[a.length];
            for (int i = 0; i < a.length; i++) {
                expected[i] = f.applyAsDouble(a[i], b[i]);
            }
            check(op, List.of(pair), expected, units);
        }
    }

    @Test
    void functionsOfTwoNumbers() {
        Map<BinaryFunction, DoubleBinaryOperator> exact = new LinkedHashMap<>();
        exact.put(BinaryFunction.ADD, Double::sum);
        exact.put(BinaryFunction.SUBTRACT, (a, b) -> a - b);
        exact.put(BinaryFunction.MULTIPLY, (a, b) -> a * b);
        exact.put(BinaryFunction.MAX, Math::max);
        exact.put(BinaryFunction.MIN, Math::min);
        exact.put(BinaryFunction.DIVIDE, (a, b) -> a / b);
        // Sums of a narrow type's numbers of very different size are rounded in float first; that may be a step away.
        exact.forEach((function, f) -> {
            zip(new Pointwise.Binary(function), f, 0, List.of(DType.FLOAT32, DType.FLOAT64), NUMBERS);
            zip(new Pointwise.Binary(function), f, 1, List.of(DType.BFLOAT16, DType.FLOAT16), NUMBERS);
        });
        zip(new Pointwise.Binary(BinaryFunction.POW), Math::pow, 4, FLOATS, 0, -0.0, 1, -1, 0.5, -2, 3, -3, 2.5, Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY, Double.NaN);
        for (ReluRule rule : ReluRule.values()) {
            zip(new Pointwise.ReluGradient(rule), (g, y) -> switch (rule) {
                case GRADIENT -> y > 0 ? g : 0;
                case DECONVNET -> Math.max(0, g);
                case GUIDED -> y > 0 && g > 0 ? g : 0;
            }, 0, FLOATS, 0, -0.0, 1, -2, Double.NaN, Double.NEGATIVE_INFINITY);
        }
        run();
    }

    @Test
    void comparisonsAndSelections() {
        List<DType> all = List.of(DType.values());
        for (Comparison comparison : Comparison.values()) {
            zip(new Pointwise.Compare(comparison), (a, b) -> switch (comparison) {
                case EQUAL -> a == b;
                case NOT_EQUAL -> a != b;
                case LESS -> a < b;
                case LESS_OR_EQUAL -> a <= b;
                case GREATER -> a > b;
                case GREATER_OR_EQUAL -> a >= b;
            } ? 1 : 0, 0, all, 0, -0.0, 1, 2, Double.NaN, Double.POSITIVE_INFINITY);
        }
        for (DType type : all) {
            double[] a = {1, 0, 1, 0};
            double[] b = {0, 1, 1, 0};
            check(new Pointwise.Where(), List.of(tensor(DType.BOOL, 1, 0, 1, 0), tensor(type, a), tensor(type, b)),
                    new double[] {1, 1, 1, 0}, 0);
        }
        run();
    }

    @Test
    void truthValues() {
        List<DType> bool = List.of(DType.BOOL);
        zip(new Pointwise.Binary(BinaryFunction.AND), (a, b) -> a * b, 0, bool, 0, 1);
        zip(new Pointwise.Binary(BinaryFunction.OR), Math::max, 0, bool, 0, 1);
        zip(new Pointwise.Binary(BinaryFunction.XOR), (a, b) -> a == b ? 0 : 1, 0, bool, 0, 1);
        check(new Pointwise.Unary(UnaryFunction.NOT), List.of(tensor(DType.BOOL, 0, 1)), new double[] {1, 0}, 0);
        run();
    }

    @Test
    void wholeNumbersWrap() {
        Tensor ints = Tensor.of(new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE, 65536, -3, 0}, 5);
        check(new Pointwise.Unary(UnaryFunction.NEGATE), List.of(ints),
                new double[] {Integer.MIN_VALUE, -Integer.MAX_VALUE, -65536, 3, 0}, 0);
        check(new Pointwise.Unary(UnaryFunction.ABS), List.of(ints), new double[] {Integer.MIN_VALUE, Integer.MAX_VALUE, 65536, 3, 0}, 0);
        check(new Pointwise.Unary(UnaryFunction.SQUARE), List.of(ints), new double[] {0, 1, 0, 9, 0}, 0);
        check(new Pointwise.Unary(UnaryFunction.SIGN), List.of(ints), new double[] {-1, 1, 1, -1, 0}, 0);
        check(new Pointwise.Unary(UnaryFunction.RELU), List.of(ints), new double[] {0, Integer.MAX_VALUE, 65536, 0, 0}, 0);
        check(new Pointwise.Binary(BinaryFunction.ADD), List.of(ints, ints), new double[] {0, -2, 131072, -6, 0}, 0);
        Tensor bytes = tensor(DType.UINT8, 0, 1, 200, 255, 16);
        check(new Pointwise.Unary(UnaryFunction.NEGATE), List.of(bytes), new double[] {0, 255, 56, 1, 240}, 0);
        check(new Pointwise.Binary(BinaryFunction.ADD), List.of(bytes, bytes), new double[] {0, 2, 144, 254, 32}, 0);
        check(new Pointwise.Binary(BinaryFunction.MAX), List.of(bytes, tensor(DType.UINT8, 1, 0, 201, 3, 16)),
                new double[] {1, 1, 201, 255, 16}, 0);
        run();
    }

    @Test
    void longNumbersAreExact() {
        long[] x = {Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1, 3_037_000_500L};
        ChainProgram.Builder builder = new ChainProgram.Builder();
        int r = builder.operand(DType.INT64, DType.INT64, Access.DENSE);
        builder.result(builder.apply(new Pointwise.Unary(UnaryFunction.SQUARE), r), DType.INT64);
        builder.result(builder.apply(new Pointwise.Binary(BinaryFunction.SUBTRACT), r, builder.scalar(DType.INT64, 1)), DType.INT64);
        List<Tensor> results = device.run(builder.build(), x.length, List.of(Tensor.of(x, x.length)));
        for (int i = 0; i < x.length; i++) {
            assertEquals(x[i] * x[i], results.get(0).getLong(i));
            assertEquals(x[i] - 1, results.get(1).getLong(i));
        }
    }

    @Test
    void castsRoundOnce() {
        double[] further = {1e10, -1e10, 3e9, 1e20, -1e20, 255.9, -0.9, 256, 1.00390625, 1.001953125, 1.0019531250000002, 16777217,
            2049.0000001, 5.9e-8, 2.9e-8, 6.1e-5, 1.0029296875};
        double[] numbers = DoubleStream.concat(DoubleStream.of(NUMBERS), DoubleStream.of(further)).toArray();
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                Tensor x = tensor(from, numbers);
                check(new Pointwise.Cast(to), List.of(x), x.toDoubles(), 0);
            }
        }
        run();
    }
}
