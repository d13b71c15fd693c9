package dev.lamina.cpu.vector;

import dev.lamina.graph.Pointwise;

/** What an instruction of a {@link Program} does to float32 registers; truth values are 0 and 1. */
enum Code {
    COPY, NEGATE, ABS, SIGN, EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SQUARE, FLOOR, CEIL, ROUND, SIGMOID, TANH, RELU, SOFTPLUS,
    ERF, NOT, LEAKY_RELU, ELU, GELU, GELU_TANH, CLIP, BINARIZE, NON_ZERO, TO_UINT8, TO_INT32,
    ADD, SUBTRACT, MULTIPLY, DIVIDE, POW, MAX, MIN, EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, RELU_GRADIENT, DECONVNET, GUIDED, WHERE;

    /** The code of an op; {@link #swaps} says whether its operands change places. */
    static Code of(Pointwise pointwise) {
        return switch (pointwise) {
            case Pointwise.Unary op -> of(op.function());
            case Pointwise.Binary op -> of(op.function());
            case Pointwise.Compare op -> switch (op.comparison()) {
                case EQUAL -> EQUAL;
                case NOT_EQUAL -> NOT_EQUAL;
                case LESS, GREATER -> LESS;
                case LESS_OR_EQUAL, GREATER_OR_EQUAL -> LESS_OR_EQUAL;
            };
            case Pointwise.Where _ -> WHERE;
            case Pointwise.Cast op -> switch (op.dtype()) {
                case BOOL -> NON_ZERO;
                case UINT8 -> TO_UINT8;
                case INT32 -> TO_INT32;
                case FLOAT32, FLOAT64, BFLOAT16, FLOAT16, INT64 -> COPY;
            };
            case Pointwise.LeakyRelu _ -> LEAKY_RELU;
            case Pointwise.Elu _ -> ELU;
            case Pointwise.Gelu op -> op.tanhApproximation() ? GELU_TANH : GELU;
            case Pointwise.Clip _ -> CLIP;
            case Pointwise.Binarize _ -> BINARIZE;
            case Pointwise.ReluGradient op -> switch (op.rule()) {
                case GRADIENT -> RELU_GRADIENT;
                case DECONVNET -> DECONVNET;
                case GUIDED -> GUIDED;
            };
        };
    }

    private static Code of(Pointwise.UnaryFunction function) {
        return switch (function) {
            case NEGATE -> NEGATE;
            case ABS -> ABS;
            case SIGN -> SIGN;
            case EXP -> EXP;
            case EXPM1 -> EXPM1;
            case LOG -> LOG;
            case LOG1P -> LOG1P;
            case SQRT -> SQRT;
            case RSQRT -> RSQRT;
            case RECIPROCAL -> RECIPROCAL;
            case SQUARE -> SQUARE;
            case FLOOR -> FLOOR;
            case CEIL -> CEIL;
            case ROUND -> ROUND;
            case SIGMOID -> SIGMOID;
            case TANH -> TANH;
            case RELU -> RELU;
            case SOFTPLUS -> SOFTPLUS;
            case ERF -> ERF;
            case NOT -> NOT;
        };
    }

    private static Code of(Pointwise.BinaryFunction function) {
        return switch (function) {
            case ADD -> ADD;
            case SUBTRACT -> SUBTRACT;
            case MULTIPLY, AND -> MULTIPLY;
            case DIVIDE -> DIVIDE;
            case POW -> POW;
            case MAX, OR -> MAX;
            case MIN -> MIN;
            case XOR -> NOT_EQUAL;
        };
    }

    /** True where {@code a ~ b} is computed as {@code b ~ a} with the opposite comparison. */
    static boolean swaps(Pointwise pointwise) {
        return pointwise instanceof Pointwise.Compare(Pointwise.Comparison comparison)
                && (comparison == Pointwise.Comparison.GREATER || comparison == Pointwise.Comparison.GREATER_OR_EQUAL);
    }
}
