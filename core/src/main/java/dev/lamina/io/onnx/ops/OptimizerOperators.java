package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.Comparison;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Steps of optimisers, of ONNX's preview of training. Inputs are the rate R, the number T of steps done, and lists of tensors X, gradients
 * G and buffers; outputs are the lists' new values.
 */
final class OptimizerOperators {
    private static final String SET = "ai.onnx.preview.training:";

    static final Map<String, Operator> ALL = Map.ofEntries(
            entry(SET + "Adagrad", steps(1, OptimizerOperators::adagrad)),
            entry(SET + "Adam", steps(2, OptimizerOperators::adam)),
            entry(SET + "Momentum", steps(1, OptimizerOperators::momentum)));

    private OptimizerOperators() { }

    /**
     * One tensor's step.
     *
     * @param rate R
     * @param count T in the type of R
     * @param x the tensor
     * @param g its gradient, with that of the penalty {@code norm_coefficient / 2 |x|²}
     * @param buffers its buffers
     */
    private record Step(Call call, Value rate, Value count, Value x, Value g, List<Value> buffers) {
    }

    private static Operator steps(int buffers, Function<Step, List<Value>> function) {
        return call -> {
            int tensors = (call.inputs() - 2) / (2 + buffers);
            call.require(tensors >= 1 && call.inputs() == 2 + tensors * (2 + buffers), "has %d inputs, needs R, T and %d for each tensor.",
                    call.inputs(), 2 + buffers);
            call.require(call.shape(0).elements() == 1 && call.shape(1).elements() == 1, "R and T have shapes %s and %s, need one number.",
                    call.shape(0), call.shape(1));
            List<List<Value>> results = new ArrayList<>();
            for (int i = 0; i < tensors; i++) {
                List<Value> own = new ArrayList<>();
                for (int b = 0; b < 2 + buffers; b++) {
                    Value value = call.value(2 + b * tensors + i);
                    call.require(own.isEmpty() || value.type().equals(own.getFirst().type()), "input %d is %s, needs %s as its tensor.",
                            2 + b * tensors + i, value.type(), own.isEmpty() ? "" : own.getFirst().type());
                    own.add(value);
                }
                Value x = own.getFirst();
                double penalty = call.number("norm_coefficient", 0);
                Value g = penalty == 0 ? own.get(1) : own.get(1).plus(x.times(penalty));
                results.add(function.apply(new Step(call, scalar(call, 0, x.dtype()), scalar(call, 1, x.dtype()), x, g,
                        own.subList(2, own.size()))));
            }
            List<Operand> outputs = new ArrayList<>();
            for (int k = 0; k < 1 + buffers; k++) {
                for (List<Value> result : results) {
                    outputs.add(Operand.of(result.get(k)));
                }
            }
            return outputs;
        };
    }

    private static Value scalar(Call call, int i, DType dtype) {
        return Pointwise.cast(dev.lamina.graph.Shaping.reshape(call.value(i), dev.lamina.tensor.Shape.scalar()), dtype);
    }

    private static List<Value> adagrad(Step step) {
        Call call = step.call();
        Value rate = step.rate().dividedBy(step.count().times(call.number("decay_factor", 0)).plus(1));
        Value squares = step.buffers().getFirst().plus(Pointwise.square(step.g()));
        Value root = Pointwise.sqrt(squares).plus(call.number("epsilon", 0));
        return List.of(step.x().minus(rate.times(step.g()).dividedBy(root)), squares);
    }

    private static List<Value> adam(Step step) {
        Call call = step.call();
        double alpha = call.number("alpha", 0.9f);
        double beta = call.number("beta", 0.999f);
        Value mean = step.buffers().get(0).times(alpha).plus(step.g().times(1 - alpha));
        Value squares = step.buffers().get(1).times(beta).plus(Pointwise.square(step.g()).times(1 - beta));
        Value corrected = step.rate().times(Pointwise.sqrt(complement(step, beta))).dividedBy(complement(step, alpha));
        Value rate = Pointwise.where(started(step), corrected, step.rate());
        Value root = Pointwise.sqrt(squares).plus(call.number("epsilon", 0));
        Value x = step.x().minus(rate.times(mean).dividedBy(root));
        double shrink = call.number("norm_coefficient_post", 0);
        return List.of(shrink == 0 ? x : x.times(1 - shrink), mean, squares);
    }

    private static List<Value> momentum(Step step) {
        Call call = step.call();
        String mode = call.text("mode", "");
        call.require(mode.equals("standard") || mode.equals("nesterov"), "mode is \"%s\", needs standard or nesterov.", mode);
        call.require(call.hasAttribute("alpha") && call.hasAttribute("beta"), "alpha or beta is missing.");
        double alpha = call.number("alpha", 0);
        Value one = Source.scalarLike(step.g(), 1);
        Value beta = Pointwise.where(started(step), Source.scalarLike(step.g(), call.number("beta", 0)), one);
        Value moved = step.buffers().getFirst().times(alpha).plus(beta.times(step.g()));
        Value by = mode.equals("standard") ? moved : step.g().plus(moved.times(alpha));
        return List.of(step.x().minus(step.rate().times(by)), moved);
    }

    /** Whether T > 0. */
    private static Value started(Step step) {
        return Pointwise.compare(Comparison.GREATER, step.count(), Source.scalarLike(step.count(), 0));
    }

    /** {@code 1 - b^T}. */
    private static Value complement(Step step, double b) {
        return Pointwise.subtract(Source.scalarLike(step.count(), 1), Pointwise.pow(Source.scalarLike(step.count(), b), step.count()));
    }
}
