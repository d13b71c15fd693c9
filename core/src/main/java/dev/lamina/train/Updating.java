package dev.lamina.train;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.nn.Parameters;
import dev.lamina.optim.GradientClipping;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.WeightAverage;
import dev.lamina.tensor.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What follows the gradients of a step: limits, the optimizer and averages of weights; either in the graph that makes the gradients, or, so
 * that a step can take several batches or be skipped, in a graph of its own that reads what others have gathered.
 *
 * <p>Gathered are sums over samples, not means of batches, in variables {@code gathered.<parameter>}, and what they are to be divided by:
 * so batches of unequal size, or of unequal weight by their classes, count as they would in one large batch.
 */
record Updating(TrainConfig config, Optimizer optimizer, GradientHook hook, Parameters parameters) {
    /** What the names of gathered gradients start with. */
    static final String GATHERED = "gathered.";
    /** Variable: what the sums are divided by: samples whose gradients are gathered, or the weights of their classes. */
    static final String DIVISOR = GATHERED + "divisor";
    /** Output of the gathering graph where steps may be skipped: norm of what is gathered so far. */
    static final String GATHERED_NORM = "gatheredNorm";
    private static final String UPDATES = "optim.step";

    /**
     * Ends the graph of a whole step.
     *
     * @param gradients mean gradient by parameter
     * @param number int64 scalar, 1 at the first step
     */
    void add(GraphBuilder graph, Map<Value, Value> gradients, Value number) {
        Map<Value, Value> limited = limited(graph, hook.apply(graph, gradients));
        Value rate = graph.variable(TrainingGraph.LEARNING_RATE, TensorType.of(DType.FLOAT32), false);
        Map<Value, Value> updated = optimizer.apply(graph, limited, rate, number, factors());
        if (config.averaging().present()) {
            new WeightAverage(config.averaging().decay(), config.averaging().warmup()).apply(graph, updated, number);
        }
    }

    private Map<Value, Value> limited(GraphBuilder graph, Map<Value, Value> gradients) {
        Map<Value, Value> limited = gradients;
        if (config.clipNorm() > 0) {
            GradientClipping.Clipped clipped = GradientClipping.byGlobalNorm(gradients, config.clipNorm());
            graph.output(TrainingGraph.GRADIENT_NORM, clipped.norm());
            limited = clipped.gradients();
        } else if (normIsWatched()) {
            graph.output(TrainingGraph.GRADIENT_NORM, GradientClipping.globalNorm(gradients));
        }
        return config.rules().clipValue() > 0 ? GradientClipping.byValue(limited, config.rules().clipValue()) : limited;
    }

    /** Whether steps give the norm of their gradient. */
    boolean normIsWatched() {
        return config.clipNorm() > 0 || config.rules().clipValue() > 0 || config.rules().nonFinite() == StepRules.NonFinite.SKIP;
    }

    private ToDoubleFunction<Value> factors() {
        String head = FineTuning.head(parameters);
        return parameter -> (parameter.name().startsWith(head) ? config.fineTuning().headRate() : 1)
                * (parameter.shape().rank() <= 1 ? config.rules().biasRate() : 1);
    }

    /**
     * What is gathered with a batch's.
     *
     * @param sums sum of gradients by parameter
     * @param divisor float32 scalar, what the sums are to be divided by
     */
    private record Gathered(Map<Value, Value> sums, Value divisor) { }

    /**
     * Ends a graph that gathers.
     *
     * @param weight float32 scalar, what the sums of this batch were divided by, where that is not the number of samples
     */
    void gather(GraphBuilder graph, Map<Value, Value> gradients, Optional<Value> weight, long batchSize) {
        Gathered gathered = gathered(graph, gradients, weight, batchSize);
        gathered.sums.forEach((parameter, sum) -> Update.assign(variable(graph, parameter), sum));
        Update.assign(divisor(graph), gathered.divisor);
    }

    /** Ends a graph that gathers a last batch and uses at once what is gathered then. */
    void gatherAndUse(GraphBuilder graph, Map<Value, Value> gradients, Optional<Value> weight, long batchSize) {
        use(graph, gathered(graph, gradients, weight, batchSize));
    }

    private Gathered gathered(GraphBuilder graph, Map<Value, Value> gradients, Optional<Value> weight, long batchSize) {
        Map<Value, Value> sums = new LinkedHashMap<>();
        gradients.forEach((parameter, gradient) -> sums.put(parameter, variable(graph, parameter).plus(weight
                .map(w -> gradient.times(Pointwise.cast(w, gradient.dtype()))).orElseGet(() -> gradient.times(batchSize)))));
        if (config.rules().nonFinite() == StepRules.NonFinite.SKIP) {
            graph.output(GATHERED_NORM, GradientClipping.globalNorm(sums));
        }
        Value divisor = divisor(graph);
        return new Gathered(sums, weight.map(divisor::plus).orElseGet(() -> divisor.plus(batchSize)));
    }

    private static Value variable(GraphBuilder graph, Value parameter) {
        return graph.variable(GATHERED + parameter.name(), parameter.type(), false);
    }

    private static Value divisor(GraphBuilder graph) {
        return graph.variable(DIVISOR, TensorType.of(DType.FLOAT32), false);
    }

    /**
     * The graph that uses what is gathered, and empties it.
     *
     * @param gathered variables of the gathering graph
     */
    GraphBuilder graph(List<Value> gathered) {
        GraphBuilder graph = new GraphBuilder();
        Map<Value, Value> sums = new LinkedHashMap<>();
        Value divisor = divisor(graph);
        for (Value variable : gathered) {
            String name = ((Source.Variable) variable.node().op()).variableName();
            if (name.startsWith(GATHERED) && !name.equals(DIVISOR)) {
                Value parameter = graph.variable(name.substring(GATHERED.length()), variable.type(), true);
                sums.put(parameter, variable(graph, parameter));
            }
        }
        use(graph, new Gathered(sums, divisor));
        return graph;
    }

    private void use(GraphBuilder graph, Gathered gathered) {
        Map<Value, Value> means = new LinkedHashMap<>();
        gathered.sums.forEach((parameter, sum) -> {
            means.put(parameter, sum.dividedBy(gathered.divisor));
            Update.assign(variable(graph, parameter), Source.zerosLike(sum));
        });
        Update.assign(divisor(graph), Source.zerosLike(gathered.divisor));
        Value done = graph.variable(UPDATES, TensorType.of(DType.INT64), false);
        Value number = done.plus(1);
        add(graph, means, number);
        Update.assign(done, number);
    }

    /** Whether a variable is empty between steps, so that a checkpoint need not hold it. */
    static boolean isGathered(String name) {
        return name.startsWith(GATHERED);
    }
}
