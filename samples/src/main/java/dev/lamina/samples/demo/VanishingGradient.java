package dev.lamina.samples.demo;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layers;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How large gradients are in each of many equal layers: a batch of unit normal inputs goes up through {@code depth} times linear and
 * activation, a unit normal gradient comes down. Weights start by {@link Initializer#forActivation}, biases at 0.
 *
 * <p>For the sigmoid, whose slope is at most 1/4, each layer multiplies the gradient by at most 1/4 times its weights: ten layers by
 * {@code 0.25^10 = 9.5e-7}. Stateless.
 */
public final class VanishingGradient {
    private static final int INPUT_STREAM = 1;
    private static final int UPSTREAM_STREAM = 2;

    private VanishingGradient() { }

    /**
     * The stack.
     *
     * @param depth layers
     * @param width inputs and outputs of each
     * @param batch samples
     */
    public record Stack(int depth, int width, int batch) {
        /** Ten layers of width 100 and 100 samples. */
        public static final Stack DEFAULT = new Stack(10, 100, 100);

        /** Checks the numbers. */
        public Stack {
            if (depth < 1 || width < 1 || batch < 1) {
                throw new IllegalArgumentException("vanishing: depth = " + depth + ", width = " + width + ", batch = " + batch
                        + ", needs >= 1.");
            }
        }
    }

    /**
     * Root mean squares of {@code ∂W_l}, from the layer at the input to the last.
     *
     * @param activation its name
     * @param values one a layer
     */
    public record Sizes(String activation, List<Double> values) {
        /** First over last: 1 where gradients neither vanish nor explode, NaN where there are none. */
        public double ratio() {
            return values.getFirst() / values.getLast();
        }
    }

    /** Measures one draw of weights, inputs and upstream gradient. */
    public static Sizes measure(Backend backend, String activation, Stack stack, long seed) {
        GraphBuilder graph = new GraphBuilder();
        Context context = new Context(graph, true);
        TensorType type = TensorType.of(DType.FLOAT32, stack.batch, stack.width);
        Value x = graph.input("x", type);
        Value upstream = graph.input("upstream", type);
        Value y = x;
        for (int l = 1; l <= stack.depth; l++) {
            y = Layers.linear("fc" + l, stack.width, true, Initializer.forActivation(activation), Initializer.zeros()).apply(context, y);
            y = Layers.activation(activation).apply(context, y);
        }
        List<Value> weights = graph.trainable().stream().filter(v -> v.shape().rank() == 2).toList();
        List<Value> gradients = Gradients.orZeros(Reduction.sum(y.times(upstream)), weights);
        for (int l = 0; l < weights.size(); l++) {
            graph.output("gradient" + l, gradients.get(l));
        }
        try (State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph.build(), CompileOptions.defaults().requiringDeterminism())) {
            context.parameters().initialize(state, seed);
            Map<String, Tensor> inputs = new HashMap<>(Map.of("x", normal(type, seed, INPUT_STREAM),
                    "upstream", normal(type, seed, UPSTREAM_STREAM)));
            // Where a step blocks every gradient, they are zeros that need no input.
            inputs.keySet().retainAll(executable.graph().inputs().stream().map(Value::name).toList());
            Map<String, Tensor> found = executable.call(state, inputs);
            List<Double> values = new ArrayList<>();
            for (int l = 0; l < weights.size(); l++) {
                values.add(rootMeanSquare(found.get("gradient" + l).toDoubles()));
            }
            return new Sizes(activation, List.copyOf(values));
        }
    }

    /** On the host in double: squares of tiny gradients are too small for float32. */
    private static double rootMeanSquare(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v * v;
        }
        return Math.sqrt(sum / values.length);
    }

    private static Tensor normal(TensorType type, long seed, int stream) {
        Philox.Stream random = new Philox.Stream(seed, 0, stream);
        double[] values = new double[Math.toIntExact(type.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextNormal();
        }
        return Tensor.of(DType.FLOAT32, values, type.shape().toArray());
    }

    /** Ratios first to last layer of draws with consecutive seeds, sorted. */
    public static List<Double> ratios(Backend backend, String activation, Stack stack, int draws, long seed) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < draws; i++) {
            ratios.add(measure(backend, activation, stack, seed + i).ratio());
        }
        return ratios.stream().sorted().toList();
    }

    /** The middle of sorted numbers, the mean of the two middle ones if there are two. */
    public static double median(List<Double> sorted) {
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    /** Sizes of several activations as a chart's series: layer number to size. */
    public static Map<String, Map<Double, Double>> series(List<Sizes> all) {
        Map<String, Map<Double, Double>> series = new LinkedHashMap<>();
        for (Sizes sizes : all) {
            Map<Double, Double> points = new LinkedHashMap<>();
            for (int l = 0; l < sizes.values().size(); l++) {
                points.put(l + 1.0, sizes.values().get(l));
            }
            series.put(sizes.activation(), points);
        }
        return series;
    }
}
