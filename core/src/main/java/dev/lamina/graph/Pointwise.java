package dev.lamina.graph;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** Ops that treat every element by itself. Operands broadcast under NumPy's rule unless said. NaN operands give NaN results. */
public sealed interface Pointwise extends Op {

    /** Functions of one operand. All need a floating type, but NEGATE, ABS, SIGN, SQUARE and RELU take integers too and NOT takes bool. */
    enum UnaryFunction {
        NEGATE, ABS, SIGN, EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SQUARE, FLOOR, CEIL,
        /** To the nearest integer, ties to even. */
        ROUND,
        /** {@code 1 / (1 + e^-x)}. */
        SIGMOID, TANH,
        /** {@code max(0, x)}; NaN stays NaN. */
        RELU,
        /** {@code log(1 + e^x)}, as {@code max(x, 0) + log1p(e^-|x|)}. */
        SOFTPLUS,
        /** The error function. */
        ERF,
        /** Logical not. */
        NOT
    }

    /** Functions of two operands of one type; AND, OR and XOR take bool, the others numbers, DIVIDE and POW floating numbers. */
    enum BinaryFunction { ADD, SUBTRACT, MULTIPLY, DIVIDE, POW, MAX, MIN, AND, OR, XOR }

    /** Comparisons of two operands of one type; the result is bool. NaN is unequal to everything. */
    enum Comparison { EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL }

    /** How a gradient passes a step function. Its true derivative is 0 wherever it exists, so with it nothing below would ever learn. */
    enum StepGradient {
        /** {@code g 1[-1 <= x <= 1]}: a heuristic (Bengio, Léonard and Courville 2013), not the derivative, which is 0. */
        STRAIGHT_THROUGH,
        /** 0, the derivative wherever it exists: nothing below learns. */
        BLOCK
    }

    /** What a rectifier lets through on the way back; the last two are for pictures, not for training. */
    enum ReluRule {
        /** {@code g 1[x > 0]}. */
        GRADIENT,
        /** {@code max(0, g)} (Zeiler and Fergus 2013). */
        DECONVNET,
        /** {@code g 1[x > 0] 1[g > 0]} (Springenberg et al. 2014). */
        GUIDED
    }

    /** {@code f(x)}. */
    record Unary(UnaryFunction function) implements Pointwise {
        @Override
        public String name() {
            return function.name().toLowerCase(java.util.Locale.ROOT);
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            switch (function) {
                case NEGATE, ABS, SIGN, SQUARE, RELU ->
                    in.require(in.dtype(0) != DType.BOOL, "input is bool, needs a number. Cast it first.");
                case NOT -> in.require(in.dtype(0) == DType.BOOL, "input is %s, needs bool. Compare it with 0 first.", in.dtype(0));
                case EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, FLOOR, CEIL, ROUND, SIGMOID, TANH, SOFTPLUS, ERF ->
                    in.floating(0, "input");
            }
            return List.of(in.type(0));
        }

        @Override
        public Optional<String> whyNoGradient() {
            return switch (function) {
                case SIGN, FLOOR, CEIL, ROUND -> Optional.of("its derivative is 0 almost everywhere.");
                case NOT -> Optional.of("it is not a function of a real number.");
                case NEGATE, ABS, EXP, EXPM1, LOG, LOG1P, SQRT, RSQRT, RECIPROCAL, SQUARE, SIGMOID, TANH, RELU, SOFTPLUS, ERF ->
                    Optional.empty();
            };
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {PointwiseGradients.unary(function, back.input(0), back.output(0), back.grad())};
        }
    }

    /** {@code f(a, b)}. MAX and MIN send the gradient to the first operand at ties. */
    record Binary(BinaryFunction function) implements Pointwise {
        @Override
        public String name() {
            return function.name().toLowerCase(java.util.Locale.ROOT);
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            in.sameDType(0, "first operand", 1, "second operand");
            switch (function) {
                case AND, OR, XOR -> in.require(in.dtype(0) == DType.BOOL, "operands are %s, need bool.", in.dtype(0));
                case DIVIDE, POW -> in.floating(0, "first operand");
                case ADD, SUBTRACT, MULTIPLY, MAX, MIN ->
                    in.require(in.dtype(0) != DType.BOOL, "operands are bool, need numbers. Cast them first.");
            }
            return List.of(in.type(0).withShape(broadcast(in, 0, 1)));
        }

        @Override
        public Optional<String> whyNoGradient() {
            return switch (function) {
                case AND, OR, XOR -> Optional.of("it is not a function of real numbers.");
                case ADD, SUBTRACT, MULTIPLY, DIVIDE, POW, MAX, MIN -> Optional.empty();
            };
        }

        @Override
        public Value[] gradient(Backward back) {
            return PointwiseGradients.binary(function, back);
        }
    }

    /** {@code a ~ b}, a bool. */
    record Compare(Comparison comparison) implements Pointwise {
        @Override
        public String name() {
            return comparison.name().toLowerCase(java.util.Locale.ROOT);
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            in.sameDType(0, "first operand", 1, "second operand");
            return List.of(new TensorType(DType.BOOL, broadcast(in, 0, 1)));
        }

        @Override
        public Optional<String> whyNoGradient() {
            return Optional.of("a truth value is not differentiable.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return back.none();
        }

        @Override
        public boolean inPlace() {
            return false;
        }
    }

    /** Operands condition (bool), a, b: a where the condition holds, else b. */
    record Where() implements Pointwise {
        @Override
        public String name() {
            return "where";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(3, 3);
            in.require(in.dtype(0) == DType.BOOL, "condition is %s, needs bool.", in.dtype(0));
            in.sameDType(1, "first value", 2, "second value");
            Shape values = broadcast(in, 1, 2);
            return List.of(in.type(1).withShape(broadcast(in, in.shape(0), values)));
        }

        @Override
        public Value[] gradient(Backward back) {
            Value zero = Source.scalarLike(back.grad(), 0);
            Value[] gradients = back.none();
            if (back.wants(1)) {
                gradients[1] = Reduction.sumTo(where(back.input(0), back.grad(), zero), back.input(1).shape());
            }
            if (back.wants(2)) {
                gradients[2] = Reduction.sumTo(where(back.input(0), zero, back.grad()), back.input(2).shape());
            }
            return gradients;
        }
    }

    /** Conversion by {@link DType#round}. */
    record Cast(DType dtype) implements Pointwise {
        @Override
        public String name() {
            return "cast";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            return List.of(in.type(0).withDType(dtype));
        }

        @Override
        public Optional<String> whyNoGradient() {
            return dtype.isFloating() ? Optional.empty() : Optional.of("a cast to " + dtype + " is a step function.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {cast(back.grad(), back.input(0).dtype())};
        }
    }

    /** {@code x} where positive, else {@code slope x}; at 0 the gradient is {@code slope g}. */
    record LeakyRelu(double slope) implements Floating {
        @Override
        public String name() {
            return "leakyRelu";
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {where(isPositive(back.input(0)), back.grad(), back.grad().times(slope))};
        }
    }

    /** {@code x} where positive, else {@code alpha (e^x - 1)}. */
    record Elu(double alpha) implements Floating {
        @Override
        public String name() {
            return "elu";
        }

        @Override
        public Value[] gradient(Backward back) {
            Value negative = back.grad().times(back.output(0).plus(alpha));
            return new Value[] {where(isPositive(back.input(0)), back.grad(), negative)};
        }
    }

    /** {@code x Φ(x)} with the normal distribution function, or its tanh approximation (Hendrycks and Gimpel 2016). */
    record Gelu(boolean tanhApproximation) implements Floating {
        @Override
        public String name() {
            return "gelu";
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {PointwiseGradients.gelu(tanhApproximation, back.input(0), back.grad())};
        }
    }

    /** {@code min(max(x, low), high)}; the gradient passes where {@code low <= x <= high}. */
    record Clip(double low, double high) implements Floating {
        @Override
        public String name() {
            return "clip";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.require(low <= high, "low = %s, high = %s, needs low <= high.", low, high);
            return Floating.super.infer(in);
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {PointwiseGradients.inside(back.input(0), low, high, back.grad())};
        }
    }

    /** 1 where {@code x > 0}, else 0; 0 and NaN give 0. */
    record Binarize(StepGradient stepGradient) implements Floating {
        @Override
        public String name() {
            return "binarize";
        }

        @Override
        public Optional<String> whyNoGradient() {
            return stepGradient == StepGradient.BLOCK
                    ? Optional.of("its derivative is 0 almost everywhere (BLOCK).") : Optional.empty();
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {PointwiseGradients.inside(back.input(0), -1, 1, back.grad())};
        }
    }

    /** Operands gradient g and the rectifier's output y (or input: only its sign counts), of one type: what the rule lets through. */
    record ReluGradient(ReluRule rule) implements Pointwise {
        @Override
        public String name() {
            return "reluGradient";
        }

        @Override
        public List<TensorType> infer(OpInputs in) {
            in.count(2, 2);
            in.sameType(0, "gradient", 1, "output");
            in.floating(0, "gradient");
            return List.of(in.type(0));
        }

        @Override
        public Optional<String> whyNoGradient() {
            return rule == ReluRule.GRADIENT ? Optional.empty() : Optional.of("the rule " + rule + " is for pictures only.");
        }

        @Override
        public Value[] gradient(Backward back) {
            return new Value[] {back.wants(0) ? reluGradient(back.grad(), back.input(1), rule) : null, null};
        }
    }

    /** Functions of one floating operand with attributes. */
    sealed interface Floating extends Pointwise {
        @Override
        default List<TensorType> infer(OpInputs in) {
            in.count(1, 1);
            in.floating(0, "input");
            return List.of(in.type(0));
        }
    }

    @Override
    default boolean inPlace() {
        return true;
    }

    private static Shape broadcast(OpInputs in, int i, int j) {
        return broadcast(in, in.shape(i), in.shape(j));
    }

    private static Shape broadcast(OpInputs in, Shape a, Shape b) {
        try {
            return Shape.broadcast(a, b);
        } catch (IllegalArgumentException e) {
            throw in.error(e.getMessage());
        }
    }

    /** Adds {@code f(x)}. */
    static Value unary(UnaryFunction function, Value x) {
        return x.graph().add(new Unary(function), x);
    }

    /** Adds {@code f(a, b)}. */
    static Value binary(BinaryFunction function, Value a, Value b) {
        return a.graph().add(new Binary(function), a, b);
    }

    /** Adds a comparison. */
    static Value compare(Comparison comparison, Value a, Value b) {
        return a.graph().add(new Compare(comparison), a, b);
    }

    /** Adds {@code x > 0}. */
    static Value isPositive(Value x) {
        return compare(Comparison.GREATER, x, Source.scalarLike(x, 0));
    }

    /** Adds a + b. */
    static Value add(Value a, Value b) {
        return binary(BinaryFunction.ADD, a, b);
    }

    /** Adds a - b. */
    static Value subtract(Value a, Value b) {
        return binary(BinaryFunction.SUBTRACT, a, b);
    }

    /** Adds a * b. */
    static Value multiply(Value a, Value b) {
        return binary(BinaryFunction.MULTIPLY, a, b);
    }

    /** Adds a / b. */
    static Value divide(Value a, Value b) {
        return binary(BinaryFunction.DIVIDE, a, b);
    }

    /** Adds {@code a^b}. */
    static Value pow(Value a, Value b) {
        return binary(BinaryFunction.POW, a, b);
    }

    /** Adds {@code max(a, b)}. */
    static Value max(Value a, Value b) {
        return binary(BinaryFunction.MAX, a, b);
    }

    /** Adds {@code min(a, b)}. */
    static Value min(Value a, Value b) {
        return binary(BinaryFunction.MIN, a, b);
    }

    /** Adds -x. */
    static Value negate(Value x) {
        return unary(UnaryFunction.NEGATE, x);
    }

    /** Adds e^x. */
    static Value exp(Value x) {
        return unary(UnaryFunction.EXP, x);
    }

    /** Adds ln x. */
    static Value log(Value x) {
        return unary(UnaryFunction.LOG, x);
    }

    /** Adds the square root. */
    static Value sqrt(Value x) {
        return unary(UnaryFunction.SQRT, x);
    }

    /** Adds x². */
    static Value square(Value x) {
        return unary(UnaryFunction.SQUARE, x);
    }

    /** Adds |x|. */
    static Value abs(Value x) {
        return unary(UnaryFunction.ABS, x);
    }

    /** Adds the logistic function. */
    static Value sigmoid(Value x) {
        return unary(UnaryFunction.SIGMOID, x);
    }

    /** Adds the hyperbolic tangent. */
    static Value tanh(Value x) {
        return unary(UnaryFunction.TANH, x);
    }

    /** Adds the rectifier. */
    static Value relu(Value x) {
        return unary(UnaryFunction.RELU, x);
    }

    /** Adds the smooth rectifier. */
    static Value softplus(Value x) {
        return unary(UnaryFunction.SOFTPLUS, x);
    }

    /** Adds a leaky rectifier. */
    static Value leakyRelu(Value x, double slope) {
        return x.graph().add(new LeakyRelu(slope), x);
    }

    /** Adds an exponential linear unit. */
    static Value elu(Value x, double alpha) {
        return x.graph().add(new Elu(alpha), x);
    }

    /** Adds a Gaussian error linear unit. */
    static Value gelu(Value x) {
        return x.graph().add(new Gelu(false), x);
    }

    /** Adds a clip to a range. */
    static Value clip(Value x, double low, double high) {
        return x.graph().add(new Clip(low, high), x);
    }

    /** Adds a step function. */
    static Value binarize(Value x, StepGradient gradient) {
        return x.graph().add(new Binarize(gradient), x);
    }

    /** Adds a selection. */
    static Value where(Value condition, Value a, Value b) {
        return condition.graph().add(new Where(), condition, a, b);
    }

    /** Adds a conversion, or nothing if the type is the same. */
    static Value cast(Value x, DType dtype) {
        return x.dtype() == dtype ? x : x.graph().add(new Cast(dtype), x);
    }

    /** Adds what a rectifier lets through on the way back. */
    static Value reluGradient(Value gradient, Value output, ReluRule rule) {
        return gradient.graph().add(new ReluGradient(rule), gradient, output);
    }
}
