package dev.lamina.cpu.vector;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.StepGradient;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** Every pointwise op with attributes that matter. */
final class PointwiseOps {
    private PointwiseOps() { }

    static List<Pointwise> all() {
        List<Pointwise> ops = new ArrayList<>();
        for (UnaryFunction f : UnaryFunction.values()) {
            ops.add(new Pointwise.Unary(f));
        }
        for (BinaryFunction f : BinaryFunction.values()) {
            ops.add(new Pointwise.Binary(f));
        }
        for (Comparison c : Comparison.values()) {
            ops.add(new Pointwise.Compare(c));
        }
        for (DType to : DType.values()) {
            ops.add(new Pointwise.Cast(to));
        }
        for (ReluRule rule : ReluRule.values()) {
            ops.add(new Pointwise.ReluGradient(rule));
        }
        ops.addAll(List.of(new Pointwise.Where(), new Pointwise.LeakyRelu(0.1), new Pointwise.Elu(1.5), new Pointwise.Gelu(false),
                new Pointwise.Gelu(true), new Pointwise.Clip(-0.75, 1), new Pointwise.Binarize(StepGradient.BLOCK)));
        return ops;
    }

    static int operands(Pointwise op) {
        return switch (op) {
            case Pointwise.Unary _, Pointwise.Cast _, Pointwise.Floating _ -> 1;
            case Pointwise.Binary _, Pointwise.Compare _, Pointwise.ReluGradient _ -> 2;
            case Pointwise.Where _ -> 3;
        };
    }

    /** Type of the i-th operand where the others have a type. */
    static DType operand(Pointwise op, int i, DType type) {
        return op instanceof Pointwise.Where && i == 0 ? DType.BOOL : type;
    }

    static DType result(Pointwise op, DType type) {
        return switch (op) {
            case Pointwise.Compare _ -> DType.BOOL;
            case Pointwise.Cast(DType to) -> to;
            case Pointwise.Unary _, Pointwise.Binary _, Pointwise.Where _, Pointwise.Floating _, Pointwise.ReluGradient _ -> type;
        };
    }

    /** Units in the last place by which float32 may differ from the rounded reference. */
    static double ulps(Pointwise op) {
        return switch (op) {
            case Pointwise.Unary(UnaryFunction f) -> switch (f) {
                case EXP, EXPM1, LOG, LOG1P, RSQRT -> 2;
                case TANH -> 3;
                case SIGMOID, SOFTPLUS, ERF -> 4;
                case NEGATE, ABS, SIGN, SQRT, RECIPROCAL, SQUARE, FLOOR, CEIL, ROUND, RELU, NOT -> 0;
            };
            case Pointwise.Binary(BinaryFunction f) -> f == BinaryFunction.POW ? 2 : 0;
            case Pointwise.LeakyRelu _ -> 2;
            case Pointwise.Elu _ -> 3;
            case Pointwise.Gelu _ -> 8;
            case Pointwise.Compare _, Pointwise.Where _, Pointwise.Cast _, Pointwise.ReluGradient _, Pointwise.Clip _,
                Pointwise.Binarize _ -> 0;
        };
    }

    /** Absolute distance allowed beside that. */
    static double absolute(Pointwise op) {
        return op instanceof Pointwise.Gelu ? 1e-7 : 0;
    }
}
