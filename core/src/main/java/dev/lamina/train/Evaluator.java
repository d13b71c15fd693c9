package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
        return sums.plus(Sums.time((System.nanoTime() - start) * 1e-9, 0)).evaluation();
    }

    /**
     * Probabilities of the classes.
     *
     * @param images uint8 {@code [B, C, H, W]}; float32 if the model was trained on such vectors
     * @return float32 {@code [B, K]}
     */
    public Tensor predict(Tensor images) {
        return run(images, TrainingGraph.PROBABILITIES);
    }

    /**
     * What the model says of each sample of a set, in order.
     *
     * @throws IllegalArgumentException if the samples are of another shape or have other classes than the model
     * @throws TrainingException if a logit is not finite
     */
    public List<Prediction> predictions(Dataset data, int batchSize) {
        return predictions(data, 1, batchSize);
    }

    /**
     * What the model says of each sample by several views of it, whose softmax is averaged.
     *
     * @param data holds the views of sample i at the indices from {@code i views} on, as {@link dev.lamina.data.TenCrops} does
     * @param views views of a sample, at least 1
     * @param batchSize views at a time
     * @throws IllegalArgumentException if the views are of another shape or have other classes than the model, or do not come out even
     * @throws TrainingException if a logit is not finite
     */
    public List<Prediction> predictions(Dataset data, int views, int batchSize) {
        checkFits(model, data);
        if (views < 1 || data.size() % views != 0) {
            throw new IllegalArgumentException("evaluator: data \"" + data.name() + "\" has " + data.size() + " views, " + views
                    + " a sample (must come out even).");
        }
        List<Prediction> predictions = new ArrayList<>(data.size() / views);
        double[][] logits = new double[views][];
        int row = 0;
        try (BatchEpoch batches = new BatchLoader(data, BatchOptions.of(batchSize)).epoch(0)) {
            while (batches.hasNext()) {
                Batch batch = batches.next().trimmed();
                Tensor scores = run(batch.images(), TrainingGraph.LOGITS);
                for (int i = 0; i < batch.size(); i++) {
                    logits[row % views] = scores.select(0, i).toDoubles();
                    row++;
                    if (row % views == 0) {
                        predictions.add(Prediction.of(row / views - 1, data.label(row - 1), logits));
                    }
                }
            }
        }
        return predictions;
    }

    private Tensor run(Tensor images, String output) {
        Executable executable = predicting.of(images.shape().dim(0));
        executable.run(state, Map.of(TrainingGraph.IMAGES, images));
        return executable.read(output);
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
