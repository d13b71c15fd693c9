package dev.lamina.optim;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** A rule that changes parameters by their gradients, as update nodes of the training graph. Immutable and thread-safe. */
public sealed interface Optimizer permits Sgd, Adam {
    /** Names that {@link #parse} knows. */
    List<String> NAMES = List.of("sgd", "momentum", "nesterov", "adam", "adamw");

    /** The name that {@link #parse} knows it by. */
    String name();

    /** Copies of the parameters that it keeps: 0, 1 or 2. */
    int buffersPerParameter();

    /** A learning rate to start with. */
    double defaultRate();

    /** Decay λ of a parameter's weights under this optimizer's rule. */
    double weightDecay();

    /** Whether parameters of rank 0 and 1 (biases, scales and shifts of norms) are spared the decay. */
    boolean noDecay();

    /** Adds the update of one parameter; buffers start at zero and are named {@code optim.<parameter>.<buffer>}. */
    Value update(GraphBuilder graph, Value parameter, Value gradient, Value learningRate, Value stepNumber);

    /**
     * Adds the updates of all parameters.
     *
     * @param gradients parameter to gradient, in order
     * @param learningRate floating scalar
     * @param stepNumber int64 scalar, 1 at the first step
     * @return parameter to its new value, in order, e.g. for {@link WeightAverage}
     */
    default Map<Value, Value> apply(GraphBuilder graph, Map<Value, Value> gradients, Value learningRate, Value stepNumber) {
        return apply(graph, gradients, learningRate, stepNumber, _ -> 1);
    }

    /**
     * Like {@link #apply(GraphBuilder, Map, Value, Value)}, each parameter with its own multiple of the learning rate.
     *
     * @param factors the multiple of a parameter
     */
    default Map<Value, Value> apply(GraphBuilder graph, Map<Value, Value> gradients, Value learningRate, Value stepNumber,
            ToDoubleFunction<Value> factors) {
        Map<Double, Value> rates = new LinkedHashMap<>(Map.of(1.0, learningRate));
        Map<Value, Value> updated = new LinkedHashMap<>();
        gradients.forEach((parameter, gradient) -> {
            Value rate = rates.computeIfAbsent(factors.applyAsDouble(parameter), learningRate::times);
            updated.put(parameter, update(graph, parameter, gradient, rate, stepNumber));
        });
        return updated;
    }

    /**
     * The optimizer of this name with its usual other settings: {@code sgd}, {@code momentum} (0.9), {@code nesterov} (0.9), {@code adam}
     * or {@code adamw}.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Optimizer parse(String name, double weightDecay) {
        return switch (name) {
            case "sgd" -> Sgd.plain().withWeightDecay(weightDecay);
            case "momentum" -> Sgd.momentum(0.9).withWeightDecay(weightDecay);
            case "nesterov" -> Sgd.nesterov(0.9).withWeightDecay(weightDecay);
            case "adam" -> Adam.adam(weightDecay);
            case "adamw" -> Adam.adamW(weightDecay);
            default -> throw new IllegalArgumentException(
                    "optimizer \"" + name + "\" is unknown; known are " + String.join(", ", NAMES) + ".");
        };
    }
}
