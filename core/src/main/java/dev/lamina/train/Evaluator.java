package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.BatchEpoch;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Measures a model and predicts with it. One thread at a time. */
public final class Evaluator implements AutoCloseable {
    private final Model model;
    private final State state;
    private final boolean ownsState;
    private final Executables measuring;
    private final Executables predicting;

    /** An evaluator on a state that somebody else made and closes. */
    Evaluator(Backend backend, Model model, ChannelStatistics statistics, CompileOptions options, State state) {
        this(backend, model, statistics, options, state, false);
    }

    private Evaluator(Backend backend, Model model, ChannelStatistics statistics, CompileOptions options, State state, boolean ownsState) {
        this.model = model;
        this.state = state;
        this.ownsState = ownsState;
        this.measuring = new Executables(backend, options, n -> TrainingGraph.evaluation(model, statistics, n));
        this.predicting = new Executables(backend, options, n -> TrainingGraph.prediction(model, statistics, n));
    }

    /**
     * An evaluator with these weights.
     *
     * @param statistics of the samples that the model learned from
     * @param precision arithmetic of matrix products and convolutions
     * @param weights a tensor for every parameter and buffer of the model; others are left aside
     * @throws IllegalArgumentException if one is missing or of another type
     */
    public static Evaluator of(Backend backend, Model model, ChannelStatistics statistics, Precision precision,
            Map<String, Tensor> weights) {
        TrainingGraph graph = TrainingGraph.evaluation(model, statistics, 1);
        State state = backend.createState(graph.variables());
        try {
            weightNames(graph).forEach((name, type) -> {
                Tensor tensor = weights.get(name);
                if (tensor == null) {
                    throw new IllegalArgumentException("weights: \"" + name + "\" of model \"" + model.name() + "\" is missing; there are "
                            + weights.size() + " tensors. Is this another model?");
                }
                if (tensor.dtype() != type.dtype() || !tensor.shape().equals(type.shape())) {
                    throw new IllegalArgumentException("weights: \"" + name + "\" is " + tensor.dtype() + " " + tensor.shape()
                            + ", model \"" + model.name() + "\" needs " + type + ". Is this another model?");
                }
                state.set(name, tensor);
            });
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
        return new Evaluator(backend, model, statistics, CompileOptions.defaults().withPrecision(precision), state, true);
    }

    /** Types of a model's parameters and buffers by name, in order of creation. */
    static Map<String, TensorType> weightNames(TrainingGraph graph) {
        Set<String> others = Set.of(GraphBuilder.SEED, GraphBuilder.STEP, TrainingGraph.LEARNING_RATE);
        Map<String, TensorType> types = new LinkedHashMap<>();
        for (Value variable : graph.variables()) {
            String name = ((Source.Variable) variable.node().op()).variableName();
            if (!others.contains(name)) {
                types.put(name, variable.type());
            }
        }
        return types;
    }

    /**
     * Loss and accuracy on all samples of a set.
     *
     * @throws IllegalArgumentException if the samples are of another shape or have other classes than the model
     */
    public Evaluation evaluate(Dataset data, int batchSize) {
        checkFits(model, data);
        long start = System.nanoTime();
        Sums sums = Sums.ZERO;
        try (BatchEpoch batches = new BatchLoader(data, BatchOptions.of(batchSize)).epoch(0)) {
            while (batches.hasNext()) {
                sums = sums.plus(measuring.run(state, batches.next()));
            }
        }
        return sums.plus(new Sums(0, 0, 0, 0, (System.nanoTime() - start) * 1e-9)).evaluation();
    }

    /**
     * Probabilities of the classes.
     *
     * @param images uint8 {@code [B, C, H, W]}; float32 if the model was trained on such vectors
     * @return float32 {@code [B, K]}
     */
    public Tensor predict(Tensor images) {
        Executable executable = predicting.of(images.shape().dim(0));
        executable.run(state, Map.of(TrainingGraph.IMAGES, images));
        return executable.read(TrainingGraph.PROBABILITIES);
    }

    static void checkFits(Model model, Dataset data) {
        if (!data.sampleShape().equals(model.inputShape()) || data.classNames().size() != model.classes()) {
            throw new IllegalArgumentException("data \"" + data.name() + "\" has samples " + data.sampleShape() + " of "
                    + data.classNames().size() + " classes, model \"" + model.name() + "\" takes " + model.inputShape() + " and "
                    + model.classes() + " classes.");
        }
    }

    @Override
    public void close() {
        measuring.close();
        predicting.close();
        if (ownsState) {
            state.close();
        }
    }
}
