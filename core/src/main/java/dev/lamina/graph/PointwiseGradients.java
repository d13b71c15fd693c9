package dev.lamina.graph;

import static dev.lamina.graph.Pointwise.compare;
import static dev.lamina.graph.Pointwise.multiply;
import static dev.lamina.graph.Pointwise.where;

import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.graph.Pointwise.UnaryFunction;

/** Derivatives of pointwise functions as expressions of pointwise functions. */
final class PointwiseGradients {
    private PointwiseGradients() { }

    /** {@code g f'(x)}, from the output y where that is cheaper. */
    static Value unary(UnaryFunction function, Value x, Value y, Value g) {
        return switch (function) {
            case NEGATE -> Pointwise.negate(g);
            case ABS -> g.times(apply(UnaryFunction.SIGN, x));
            case EXP -> g.times(y);
            case EXPM1 -> g.times(y.plus(1));
            case LOG -> g.dividedBy(x);
            case LOG1P -> g.dividedBy(x.plus(1));
            case SQRT -> g.times(0.5).dividedBy(y);
            case RSQRT -> g.times(-0.5).times(y).dividedBy(x);
            case RECIPROCAL -> Pointwise.negate(g.times(Pointwise.square(y)));
            case SQUARE -> g.times(x.times(2));
            case SIGMOID -> g.times(y).times(Source.scalarLike(y, 1).minus(y));
            case TANH -> g.times(Source.scalarLike(y, 1).minus(Pointwise.square(y)));
            case RELU -> Pointwise.reluGradient(g, y, ReluRule.GRADIENT);
            case SOFTPLUS -> g.times(Pointwise.sigmoid(x));
            case ERF -> g.times(gaussian(x, 1, 2 / Math.sqrt(Math.PI)));
            case SIGN, FLOOR, CEIL, ROUND, NOT -> throw new IllegalStateException(function + " has no gradient");
        };
    }

    private static Value apply(UnaryFunction function, Value x) {
        return Pointwise.unary(function, x);
    }

    /** {@code scale e^(-rate x²)}. */
    private static Value gaussian(Value x, double rate, double scale) {
        return Pointwise.exp(Pointwise.square(x).times(-rate)).times(scale);
    }

    static Value[] binary(BinaryFunction function, Backward back) {
        Value a = back.input(0);
        Value b = back.input(1);
        Value g = back.grad();
        Value[] gradients = back.none();
        if (back.wants(0)) {
            gradients[0] = Reduction.sumTo(byFirst(function, a, b, g), a.shape());
        }
        if (back.wants(1)) {
            gradients[1] = Reduction.sumTo(bySecond(function, a, b, back.output(0), g), b.shape());
        }
        return gradients;
    }

    private static Value byFirst(BinaryFunction function, Value a, Value b, Value g) {
        return switch (function) {
            case ADD, SUBTRACT -> g;
            case MULTIPLY -> g.times(b);
            case DIVIDE -> g.dividedBy(b);
            // 0 where b is 0, also at a = 0, where the formula alone would give 0 times infinity.
            case POW -> where(compare(Comparison.EQUAL, b, Source.scalarLike(b, 0)), Source.scalarLike(g, 0),
                    g.times(b.times(Pointwise.pow(a, b.plus(-1)))));
            case MAX -> where(compare(Comparison.GREATER_OR_EQUAL, a, b), g, Source.scalarLike(g, 0));
            case MIN -> where(compare(Comparison.LESS_OR_EQUAL, a, b), g, Source.scalarLike(g, 0));
            case AND, OR, XOR -> throw new IllegalStateException(function + " has no gradient");
        };
    }

    private static Value bySecond(BinaryFunction function, Value a, Value b, Value y, Value g) {
        return switch (function) {
            case ADD -> g;
            case SUBTRACT -> Pointwise.negate(g);
            case MULTIPLY -> g.times(a);
            case DIVIDE -> Pointwise.negate(multiply(g, y).dividedBy(b));
            case POW -> where(compare(Comparison.EQUAL, a, Source.scalarLike(a, 0)), Source.scalarLike(g, 0),
                    g.times(y.times(Pointwise.log(a))));
            case MAX -> where(compare(Comparison.GREATER_OR_EQUAL, a, b), Source.scalarLike(g, 0), g);
            case MIN -> where(compare(Comparison.LESS_OR_EQUAL, a, b), Source.scalarLike(g, 0), g);
            case AND, OR, XOR -> throw new IllegalStateException(function + " has no gradient");
        };
    }

    /** {@code g} where {@code low <= x <= high}, else 0. */
    static Value inside(Value x, double low, double high, Value g) {
        Value above = compare(Comparison.GREATER_OR_EQUAL, x, Source.scalarLike(x, low));
        Value below = compare(Comparison.LESS_OR_EQUAL, x, Source.scalarLike(x, high));
        return where(Pointwise.binary(BinaryFunction.AND, above, below), g, Source.scalarLike(g, 0));
    }

    static Value gelu(boolean tanhApproximation, Value x, Value g) {
        if (!tanhApproximation) {
            Value cumulative = apply(UnaryFunction.ERF, x.times(Math.sqrt(0.5))).plus(1).times(0.5);
            Value density = gaussian(x, 0.5, 1 / Math.sqrt(2 * Math.PI));
            return g.times(cumulative.plus(x.times(density)));
        }
        double scale = Math.sqrt(2 / Math.PI);
        Value square = Pointwise.square(x);
        Value t = Pointwise.tanh(x.times(square.times(0.044715 * scale).plus(scale)));
        Value slope = square.times(3 * 0.044715 * scale).plus(scale);
        Value sech2 = Source.scalarLike(t, 1).minus(Pointwise.square(t));
        return g.times(t.plus(1).times(0.5).plus(x.times(0.5).times(sech2).times(slope)));
    }
}
