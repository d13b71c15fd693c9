package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BiFunction;

/** Softmax and its logarithm. */
final class SoftmaxOperators {
    private static final int ONE_AXIS = 13;

    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Softmax", softmax(Softmax::softmax)),
            entry("LogSoftmax", softmax(Softmax::logSoftmax)));

    private SoftmaxOperators() { }

    private static Operator softmax(BiFunction<Value, Integer, Value> function) {
        return Operator.single(call -> {
            Value x = call.value(0);
            int rank = x.shape().rank();
            if (call.version() >= ONE_AXIS) {
                return function.apply(x, call.axis(call.integer("axis", -1), rank));
            }
            // Before, it went over all axes from the given one on, taken together.
            int axis = call.axis(call.integer("axis", 1), rank);
            long rows = Arrays.stream(x.shape().toArray()).limit(axis).reduce(1, Math::multiplyExact);
            long columns = Arrays.stream(x.shape().toArray()).skip(axis).reduce(1, Math::multiplyExact);
            return Shaping.reshape(function.apply(Shaping.reshape(x, Shape.of(rows, columns)), 1), x.shape());
        });
    }
}
