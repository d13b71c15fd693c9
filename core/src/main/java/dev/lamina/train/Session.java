package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The device's side of training: state, compiled graphs, single steps. One thread at a time. */
final class Session implements AutoCloseable {
    private final Backend backend;
    private final CompileOptions options;
    private final Map<String, TensorType> weightTypes;
    private final TrainingGraph first;
    private final Executables training;
    private final Evaluator evaluator;
    private final State state;
    private final Recipe recipe;
    private final Tensor rate = Tensor.zeros(DType.FLOAT32, Shape.scalar());

    /** What a training graph is made of, and the rates of its steps. */
    record Recipe(Model model, ChannelStatistics statistics, TrainConfig config, Optimizer optimizer, Schedule schedule,
            GradientHook hook, LossTerms terms) {
        TrainingGraph training(long batchSize) {
            return TrainingGraph.training(model, statistics, config, optimizer, hook, terms, batchSize);
        }
    }

    Session(Backend backend, CompileOptions options, Recipe recipe) {
        this.backend = backend;
        this.options = options;
        this.recipe = recipe;
        this.first = recipe.training(recipe.config().batchSize());
        this.weightTypes = Evaluator.weightNames(TrainingGraph.evaluation(recipe.model(), recipe.statistics(), 1));
        Set<String> known = Evaluator.weightNames(first).keySet();
        weightTypes.keySet().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("trainer: model \"" + recipe.model().name() + "\" has variable \"" + name
                    + "\" in inference that it has not in training.");
        });
        this.state = backend.createState(first.variables());
        this.training = new Executables(backend, options, n -> n == recipe.config().batchSize() ? first : recipe.training(n));
        this.evaluator = new Evaluator(backend, recipe.model(), recipe.statistics(), options, state);
    }

    Backend backend() {
        return backend;
    }

    CompileOptions options() {
        return options;
    }

    Recipe recipe() {
        return recipe;
    }

    State state() {
        return state;
    }

    Evaluator evaluator() {
        return evaluator;
    }

    /** Puts the state to the start of a run. */
    void initialize() {
        state.variables().forEach((name, type) -> state.set(name, Tensor.zeros(type.dtype(), type.shape())));
        long seed = recipe.config().seed();
        first.parameters().initialize(state, seed);
        Tensor key = Tensor.zeros(DType.INT64, Shape.scalar());
        key.setLong(seed);
        state.set(GraphBuilder.SEED, key);
    }

    /**
     * Puts the state to that of a checkpoint.
     *
     * @throws TrainingException if a variable is missing or of another type
     */
    void restore(Map<String, Tensor> tensors) {
        state.variables().forEach((name, type) -> {
            Tensor tensor = tensors.get(name);
            if (tensor == null || tensor.dtype() != type.dtype() || !tensor.shape().equals(type.shape())) {
                throw new TrainingException("trainer: the checkpoint " + (tensor == null ? "has no \"" + name + "\""
                        : "has \"" + name + "\" as " + tensor.dtype() + " " + tensor.shape()) + ", this run needs " + type
                        + ". Resume with the model and the optimizer of the run.");
            }
            state.set(name, tensor);
        });
    }

    /** Copies of all variables. */
    Map<String, Tensor> snapshot() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        state.variables().keySet().forEach(name -> copies.put(name, state.get(name)));
        return copies;
    }

    /** Copies of the model's parameters and buffers. */
    Map<String, Tensor> weights() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        weightTypes.keySet().forEach(name -> copies.put(name, state.get(name)));
        return copies;
    }

    /** Sets the learning rate of a step, counted from 0, and returns it. */
    double setRate(long step) {
        double value = recipe.schedule().rate(step);
        rate.set(value);
        state.set(TrainingGraph.LEARNING_RATE, rate);
        return value;
    }

    /** One step under the rate that was set. */
    Sums step(Batch batch) {
        return training.run(state, batch);
    }

    @Override
    public void close() {
        training.close();
        evaluator.close();
        state.close();
    }
}
