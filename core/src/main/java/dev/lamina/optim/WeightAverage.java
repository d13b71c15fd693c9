package dev.lamina.optim;

import dev.lamina.backend.State;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An exponential moving average of the weights after each step: {@code e ← d e + (1 - d) w}, in variables {@code ema.<parameter>}. Call
 * {@link #initialize} once after the weights are set, so that averages start at the weights.
 *
 * @param decay d, usually 0.999
 * @param warmup whether the decay is {@code min(d, (1 + t) / (10 + t))} with t the steps done before
 */
public record WeightAverage(double decay, boolean warmup) {
    /** What averages' names start with. */
    public static final String PREFIX = "ema.";

    /** Checks the decay. */
    public WeightAverage {
        Ranges.require(decay >= 0 && decay <= 1, "average: decay = %s, needs 0 <= decay <= 1.", decay);
    }

    /**
     * Adds the updates of the averages.
     *
     * @param updated parameter to its new value, what {@link Optimizer#apply} returns
     * @param stepNumber int64 scalar, 1 at the first step
     * @return parameter to its new average
     */
    public Map<Value, Value> apply(GraphBuilder graph, Map<Value, Value> updated, Value stepNumber) {
        Value done = warmup ? stepNumber.minus(Source.scalar(graph, DType.INT64, 1)) : null;
        Map<Value, Value> averages = new LinkedHashMap<>();
        updated.forEach((parameter, value) -> {
            String name = PREFIX + Updates.parameterName(parameter);
            Value average = graph.variable(name, parameter.type(), false);
            graph.name(name + ".update");
            Value[] operands = warmup ? new Value[] {average, value, done} : new Value[] {average, value};
            averages.put(parameter, Update.node(new Update.Ema(decay), operands).output(0));
        });
        return averages;
    }

    /** Copies the weights of a state into its averages. */
    public static void initialize(State state) {
        for (String name : averaged(state)) {
            state.set(PREFIX + name, state.get(name));
        }
    }

    /** Exchanges weights and averages of a state; a second call undoes the first. */
    public static void swap(State state) {
        for (String name : averaged(state)) {
            Tensor weight = state.get(name);
            state.set(name, state.get(PREFIX + name));
            state.set(PREFIX + name, weight);
        }
    }

    private static List<String> averaged(State state) {
        return state.variables().keySet().stream().filter(n -> n.startsWith(PREFIX)).map(n -> n.substring(PREFIX.length())).toList();
    }
}
