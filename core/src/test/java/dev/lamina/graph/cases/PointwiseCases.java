package dev.lamina.graph.cases;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.StepGradient;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** Pointwise functions over shapes that are odd, single, empty or of many ranks. */
final class PointwiseCases {
    private static final long[][] SHAPES = {{3, 5}, {1}, {}, {0, 4}, {2, 3, 1, 7}, {129}};
    /** Operands that broadcast against each other. */
    private static final long[][][] PAIRS = {
        {{3, 5}, {3, 5}}, {{3, 5}, {5}}, {{3, 1}, {1, 5}}, {{}, {2, 3}}, {{2, 1, 3, 1}, {4, 1, 5}}, {{0, 3}, {1, 3}}, {{1, 1}, {7}}};

    private PointwiseCases() { }

    static void add(CaseList list) {
        unary(list);
        attributes(list);
        binary(list);
        others(list);
        casts(list);
    }

    private static Draw domain(UnaryFunction f) {
        return switch (f) {
            case LOG, SQRT, RSQRT, RECIPROCAL -> Draw.uniform(0.3, 3);
            case LOG1P -> Draw.uniform(-0.6, 2);
            case ABS, RELU, SIGN -> Draw.uniform(-2, 2, 0);
            case FLOOR, CEIL -> Draw.uniform(-3, 3, -2, -1, 0, 1, 2);
            case ROUND -> Draw.grid(0);
            case NOT -> Draw.bools();
            case NEGATE, EXP, EXPM1, SQUARE, SIGMOID, TANH, SOFTPLUS, ERF -> Draw.any();
        };
    }

    private static String name(Enum<?> function) {
        return function.name().toLowerCase(Locale.ROOT);
    }

    private static String shape(long... dims) {
        return java.util.Arrays.toString(dims).replace(" ", "");
    }

    private static void unary(CaseList list) {
        for (UnaryFunction f : UnaryFunction.values()) {
            boolean smooth = new Pointwise.Unary(f).whyNoGradient().isEmpty();
            for (int i = 0; i < SHAPES.length; i++) {
                if (i < 2 || i == 1 + f.ordinal() % 5) {
                    list.add(name(f) + shape(SHAPES[i]), smooth, 1, List.of(Operand.of(domain(f), SHAPES[i])),
                            (_, _, v) -> List.of(Pointwise.unary(f, v.get(0))));
                }
            }
        }
        for (UnaryFunction f : List.of(UnaryFunction.EXP, UnaryFunction.SIGMOID, UnaryFunction.TANH, UnaryFunction.SOFTPLUS,
                UnaryFunction.EXPM1)) {
            list.plain(name(f) + " far out", List.of(Operand.of(Draw.uniform(-60, 60), 41)), v -> Pointwise.unary(f, v.get(0)));
        }
        for (DType dtype : List.of(DType.INT32, DType.INT64)) {
            for (UnaryFunction f : List.of(UnaryFunction.NEGATE, UnaryFunction.ABS, UnaryFunction.SIGN, UnaryFunction.SQUARE,
                    UnaryFunction.RELU)) {
                list.plain(name(f) + " " + dtype, List.of(Operand.of(Draw.integers(dtype, -9, 9), 5, 3)),
                        v -> Pointwise.unary(f, v.get(0)));
            }
        }
    }

    private static void attributes(CaseList list) {
        for (long[] dims : new long[][] {{3, 5}, {1}, {0, 2}, {2, 3, 2, 3}}) {
            String at = shape(dims);
            function(list, "leakyRelu" + at, Draw.uniform(-2, 2, 0), x -> Pointwise.leakyRelu(x, 0.1), dims);
            function(list, "elu" + at, Draw.uniform(-2, 2, 0), x -> Pointwise.elu(x, 1.5), dims);
            function(list, "gelu" + at, Draw.any(), Pointwise::gelu, dims);
            function(list, "gelu tanh" + at, Draw.any(), x -> x.graph().add(new Pointwise.Gelu(true), x), dims);
            function(list, "clip" + at, Draw.uniform(-2, 2, -0.75, 1), x -> Pointwise.clip(x, -0.75, 1), dims);
            list.plain("binarize" + at, List.of(Operand.any(dims)), v -> Pointwise.binarize(v.get(0), StepGradient.STRAIGHT_THROUGH));
        }
        list.plain("binarize block", List.of(Operand.any(7)), v -> Pointwise.binarize(v.get(0), StepGradient.BLOCK));
        for (ReluRule rule : ReluRule.values()) {
            list.add("reluGradient " + rule, rule == ReluRule.GRADIENT, 1,
                    List.of(Operand.any(3, 7), Operand.of(Draw.uniform(-2, 2, 0), 3, 7)),
                    (_, _, v) -> List.of(Pointwise.reluGradient(v.get(0), v.get(1), rule)));
        }
    }

    private static void function(CaseList list, String name, Draw draw, UnaryOperator<Value> f, long... dims) {
        list.smooth(name, 1, List.of(Operand.of(draw, dims)), v -> f.apply(v.get(0)));
    }

    private static void binary(CaseList list) {
        for (BinaryFunction f : BinaryFunction.values()) {
            boolean logic = new Pointwise.Binary(f).whyNoGradient().isPresent();
            Draw a = logic ? Draw.bools() : f == BinaryFunction.POW ? Draw.uniform(0.3, 2) : Draw.grid(0);
            Draw b = logic ? Draw.bools() : f == BinaryFunction.DIVIDE ? Draw.uniform(0.5, 2) : Draw.grid(1 / 32.0);
            for (long[][] pair : logic ? java.util.Arrays.copyOf(PAIRS, 3) : PAIRS) {
                list.add(name(f) + shape(pair[0]) + shape(pair[1]), !logic, 20, List.of(Operand.of(a, pair[0]), Operand.of(b, pair[1])),
                        (_, _, v) -> List.of(Pointwise.binary(f, v.get(0), v.get(1))));
            }
            if (!logic && f != BinaryFunction.DIVIDE && f != BinaryFunction.POW) {
                for (DType dtype : List.of(DType.INT32, DType.INT64)) {
                    list.plain(name(f) + " " + dtype,
                            List.of(Operand.of(Draw.integers(dtype, -50, 50), 4, 3), Operand.of(Draw.integers(dtype, -50, 50), 3)),
                            v -> Pointwise.binary(f, v.get(0), v.get(1)));
                }
            }
        }
        list.smooth("value used twice", 1, List.of(Operand.any(5)), v -> v.get(0).times(v.get(0)));
        list.smooth("pow of negative base by whole", 1, List.of(Operand.of(Draw.uniform(-2, -0.5), 6),
                Operand.of(Draw.wholes(1, 4), 6).fixed()), v -> Pointwise.pow(v.get(0), v.get(1)));
    }

    private static void others(CaseList list) {
        for (Comparison c : Comparison.values()) {
            list.plain(name(c) + " with ties", List.of(Operand.of(Draw.wholes(0, 3), 4, 5), Operand.of(Draw.wholes(0, 3), 5)),
                    v -> Pointwise.compare(c, v.get(0), v.get(1)));
            list.plain(name(c) + " int64", List.of(Operand.of(Draw.integers(DType.INT64, 0, 3), 4, 1),
                    Operand.of(Draw.integers(DType.INT64, 0, 3), 5)), v -> Pointwise.compare(c, v.get(0), v.get(1)));
        }
        long[][][] triples = {{{3, 4}, {3, 4}, {3, 4}}, {{3, 1}, {4}, {3, 4}}, {{}, {2, 3}, {3}}, {{5, 1}, {}, {1, 2}}, {{0}, {1}, {0}}};
        for (long[][] t : triples) {
            list.smooth("where" + shape(t[0]) + shape(t[1]) + shape(t[2]), 12,
                    List.of(Operand.of(Draw.bools(), t[0]), Operand.any(t[1]), Operand.any(t[2])),
                    v -> Pointwise.where(v.get(0), v.get(1), v.get(2)));
        }
    }

    private static void casts(CaseList list) {
        for (DType to : DType.values()) {
            if (!to.isFloating()) {
                list.plain("cast to " + to, List.of(Operand.of(Draw.uniform(0, 200), 13)), v -> Pointwise.cast(v.get(0), to));
            }
            list.plain("cast int32 to " + to, List.of(Operand.of(Draw.integers(DType.INT32, 0, 200), 13)),
                    v -> Pointwise.cast(v.get(0), to));
            list.plain("cast bool to " + to, List.of(Operand.of(Draw.bools(), 3, 3)), v -> Pointwise.cast(v.get(0), to));
        }
        list.plain("cast to float16", List.of(Operand.any(13)), v -> Pointwise.cast(v.get(0), DType.FLOAT16));
        list.plain("cast to bfloat16", List.of(Operand.any(13)), v -> Pointwise.cast(v.get(0), DType.BFLOAT16));
        list.smooth("cast to float64", 1, List.of(Operand.any(13)), v -> Pointwise.square(Pointwise.cast(v.get(0), DType.FLOAT64)));
        list.plain("int64 beyond 2^53 by itself", List.of(Operand.of(Draw.integers(DType.INT64, 1 << 29, 1 << 30), 9)),
                v -> v.get(0).times(v.get(0)));
    }
}
