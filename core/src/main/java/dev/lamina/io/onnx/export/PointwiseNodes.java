package dev.lamina.io.onnx.export;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Map;

/** Ops that treat every element by itself. */
final class PointwiseNodes {
    /** {@code sqrt(2 / π)}. */
    private static final double GELU_SCALE = Math.sqrt(2 / Math.PI);
    /** The cubic term of the tanh approximation (Hendrycks and Gimpel 2016). */
    private static final double GELU_CUBIC = 0.044715;

    private PointwiseNodes() { }

    static void add(Emitter to, Node node, Pointwise op) {
        switch (op) {
            case Pointwise.Unary(Pointwise.UnaryFunction function) -> unary(to, node, function);
            case Pointwise.Binary(Pointwise.BinaryFunction function) -> to.add(node, type(function), to.inputs(node), Map.of());
            case Pointwise.Compare(Pointwise.Comparison comparison) -> compare(to, node, comparison);
            case Pointwise.Where _ -> to.add(node, "Where", to.inputs(node), Map.of());
            case Pointwise.Cast(DType dtype) -> to.add(node, "Cast", to.inputs(node), Map.of("to", code(dtype)));
            case Pointwise.LeakyRelu(double slope) -> to.add(node, "LeakyRelu", to.inputs(node), Map.of("alpha", Emitter.real(slope)));
            case Pointwise.Elu(double alpha) -> to.add(node, "Elu", to.inputs(node), Map.of("alpha", Emitter.real(alpha)));
            case Pointwise.Gelu(boolean tanhApproximation) -> gelu(to, node, tanhApproximation);
            case Pointwise.Clip(double low, double high) -> to.add(node, "Clip",
                    List.of(to.input(node, 0), to.number(node, "low", low), to.number(node, "high", high)), Map.of());
            case Pointwise.Binarize _ -> to.add(node, "Cast",
                    List.of(to.part(node, "positive", "Greater", List.of(to.input(node, 0), to.number(node, "zero", 0)), Map.of())),
                    Map.of("to", code(node.output(0).dtype())));
            case Pointwise.ReluGradient _ -> throw Emitter.refused(node, "it belongs to gradients, which ONNX has no operator for. Build "
                    + "the graph for inference.");
        }
    }

    private static OnnxAttribute code(DType dtype) {
        return Emitter.integer(OnnxAttribute.code(dtype));
    }

    private static void unary(Emitter to, Node node, Pointwise.UnaryFunction function) {
        String x = to.input(node, 0);
        switch (function) {
            case NEGATE -> {
                if (node.input(0).dtype() == DType.UINT8) {
                    throw Emitter.refused(node, "Neg takes no uint8. Cast it first.");
                }
                single(to, node, "Neg");
            }
            case ABS -> single(to, node, "Abs");
            case SIGN -> single(to, node, "Sign");
            case EXP -> single(to, node, "Exp");
            case EXPM1 -> to.add(node, "Sub",
                    List.of(to.part(node, "exp", "Exp", List.of(x), Map.of()), to.number(node, "one", 1)), Map.of());
            case LOG -> single(to, node, "Log");
            case LOG1P -> to.add(node, "Log",
                    List.of(to.part(node, "plus", "Add", List.of(x, to.number(node, "one", 1)), Map.of())), Map.of());
            case SQRT -> single(to, node, "Sqrt");
            case RSQRT -> to.add(node, "Reciprocal", List.of(to.part(node, "sqrt", "Sqrt", List.of(x), Map.of())), Map.of());
            case RECIPROCAL -> single(to, node, "Reciprocal");
            case SQUARE -> to.add(node, "Mul", List.of(x, x), Map.of());
            case FLOOR -> single(to, node, "Floor");
            case CEIL -> single(to, node, "Ceil");
            case ROUND -> single(to, node, "Round");
            case SIGMOID -> single(to, node, "Sigmoid");
            case TANH -> single(to, node, "Tanh");
            case RELU -> {
                // Implementations take integers in Max more often than in Relu.
                if (node.input(0).dtype().isInteger()) {
                    to.add(node, "Max", List.of(x, to.number(node, "zero", 0)), Map.of());
                } else {
                    single(to, node, "Relu");
                }
            }
            case SOFTPLUS -> single(to, node, "Softplus");
            case ERF -> single(to, node, "Erf");
            case NOT -> single(to, node, "Not");
        }
    }

    private static void single(Emitter to, Node node, String type) {
        to.add(node, type, to.inputs(node), Map.of());
    }

    private static String type(Pointwise.BinaryFunction function) {
        return switch (function) {
            case ADD -> "Add";
            case SUBTRACT -> "Sub";
            case MULTIPLY -> "Mul";
            case DIVIDE -> "Div";
            case POW -> "Pow";
            case MAX -> "Max";
            case MIN -> "Min";
            case AND -> "And";
            case OR -> "Or";
            case XOR -> "Xor";
        };
    }

    private static void compare(Emitter to, Node node, Pointwise.Comparison comparison) {
        switch (comparison) {
            case EQUAL -> single(to, node, "Equal");
            case NOT_EQUAL -> to.add(node, "Not", List.of(to.part(node, "equal", "Equal", to.inputs(node), Map.of())), Map.of());
            case LESS -> ordered(to, node, "Less");
            case LESS_OR_EQUAL -> ordered(to, node, "LessOrEqual");
            case GREATER -> ordered(to, node, "Greater");
            case GREATER_OR_EQUAL -> ordered(to, node, "GreaterOrEqual");
        }
    }

    private static void ordered(Emitter to, Node node, String type) {
        if (node.input(0).dtype() == DType.BOOL) {
            throw Emitter.refused(node, type + " takes no bool. Cast the operands first.");
        }
        single(to, node, type);
    }

    /** Operator set 17 has no Gelu: {@code x (1 + erf(x / √2)) / 2}, or {@code x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2}. */
    private static void gelu(Emitter to, Node node, boolean tanhApproximation) {
        String x = to.input(node, 0);
        String bent;
        if (tanhApproximation) {
            String square = to.part(node, "square", "Mul", List.of(x, x), Map.of());
            String scaled = to.part(node, "scaled", "Mul", List.of(square, to.number(node, "cubic", GELU_CUBIC)), Map.of());
            String factor = to.part(node, "factor", "Add", List.of(scaled, to.number(node, "one", 1)), Map.of());
            String cubic = to.part(node, "cubed", "Mul", List.of(x, factor), Map.of());
            String inner = to.part(node, "inner", "Mul", List.of(cubic, to.number(node, "scale", GELU_SCALE)), Map.of());
            bent = to.part(node, "tanh", "Tanh", List.of(inner), Map.of());
        } else {
            String inner = to.part(node, "inner", "Mul", List.of(x, to.number(node, "scale", Math.sqrt(0.5))), Map.of());
            bent = to.part(node, "erf", "Erf", List.of(inner), Map.of());
        }
        String half = to.part(node, "halved", "Mul", List.of(x, to.number(node, "half", 0.5)), Map.of());
        String raised = to.part(node, "raised", "Add", List.of(bent, to.number(node, "unit", 1)), Map.of());
        to.add(node, "Mul", List.of(half, raised), Map.of());
    }
}
