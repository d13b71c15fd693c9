package dev.lamina.train;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.State;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import dev.lamina.optim.WeightAverage;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The device's side of training: state, compiled graphs, single steps. One thread at a time. */
final class Session implements AutoCloseable {
    private final Backend backend;
    private final CompileOptions options;
    private final Map<String, TensorType> weightTypes;
    private final TrainingGraph first;
    private final Stepper stepper;
    private final Evaluator evaluator;
    private final State state;
    private final Recipe recipe;
    private final StartWeights start;
    private final Tensor rate = Tensor.zeros(DType.FLOAT32, Shape.scalar());
    private Schedule schedule;

    /** What a training graph is made of, and the rates of its steps. */
    record Recipe(Model model, ChannelStatistics statistics, TrainConfig config, Optimizer optimizer, Schedule schedule,
            GradientHook hook, LossTerms terms) {
        TrainingGraph training(long batchSize) {
            return config.rules().inTwoPhases()
                    ? TrainingGraph.gathering(model, statistics, config, optimizer, hook, terms, batchSize)
                    : TrainingGraph.training(model, statistics, config, optimizer, hook, terms, batchSize);
        }
    }

    /**
     * Makes graphs and state.
     *
     * @param start what the weights begin as, null for random ones
     */
    Session(Backend backend, CompileOptions options, Recipe recipe, StartWeights start) {
        this.backend = backend;
        this.options = options;
        this.recipe = recipe;
        this.start = start;
        this.schedule = recipe.schedule();
        this.first = recipe.training(recipe.config().batchSize());
        this.weightTypes = Evaluator.weightNames(TrainingGraph.evaluation(recipe.model(), recipe.statistics(), 1));
        Set<String> known = Evaluator.weightNames(first).keySet();
        weightTypes.keySet().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("trainer: model \"" + recipe.model().name() + "\" has variable \"" + name
                    + "\" in inference that it has not in training.");
        });
        if (start != null) {
            start.check(recipe.model(), weightTypes, recipe.config().fineTuning().newHead());
        }
        Updating updating = new Updating(recipe.config(), recipe.optimizer(), recipe.hook(), first.parameters());
        this.stepper = new Stepper(backend, options, updating, first,
                n -> n == recipe.config().batchSize() ? first : recipe.training(n));
        this.state = backend.createState(stepper.variables());
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

    /** Puts the state to the start of a run. */
    void initialize() {
        state.variables().forEach((name, type) -> state.set(name, Tensor.zeros(type.dtype(), type.shape())));
        long seed = recipe.config().seed();
        first.parameters().initialize(state, seed);
        Tensor key = Tensor.zeros(DType.INT64, Shape.scalar());
        key.setLong(seed);
        state.set(GraphBuilder.SEED, key);
        if (start != null) {
            String head = recipe.config().fineTuning().newHead() ? FineTuning.head(first.parameters()) : null;
            weightTypes.keySet().stream().filter(name -> head == null || !name.startsWith(head))
                    .forEach(name -> state.set(name, start.tensors().get(name)));
        }
        WeightAverage.initialize(state);
    }

    /**
     * Puts the state to that of a checkpoint.
     *
     * @throws TrainingException if a variable is missing or of another type
     */
    void restore(Map<String, Tensor> tensors) {
        Stepper.empty(state);
        state.variables().forEach((name, type) -> {
            if (Updating.isGathered(name)) {
                return;
            }
            Tensor tensor = tensors.get(name);
            if (tensor == null || tensor.dtype() != type.dtype() || !tensor.shape().equals(type.shape())) {
                throw new TrainingException("trainer: the checkpoint " + (tensor == null ? "has no \"" + name + "\""
                        : "has \"" + name + "\" as " + tensor.dtype() + " " + tensor.shape()) + ", this run needs " + type
                        + ". Resume with the model and the optimizer of the run.");
            }
            state.set(name, tensor);
        });
    }

    /** Copies of all variables that a resumed run needs. */
    Map<String, Tensor> snapshot() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        state.variables().keySet().stream().filter(name -> !Updating.isGathered(name))
                .forEach(name -> copies.put(name, state.get(name)));
        return copies;
    }

    /** Copies of the model's parameters and buffers; of averages, where tests use those. */
    Map<String, Tensor> weights() {
        return underAverages(() -> {
            Map<String, Tensor> copies = new LinkedHashMap<>();
            weightTypes.keySet().forEach(name -> copies.put(name, state.get(name)));
            return copies;
        });
    }

    /** Puts parameters and buffers that {@link #weights} gave in place of the present ones; a resumed run does not go on from them. */
    void setWeights(Map<String, Tensor> weights) {
        weights.forEach(state::set);
        WeightAverage.initialize(state);
    }

    /** Loss and accuracy on a set. */
    Evaluation evaluate(Dataset samples) {
        return underAverages(() -> evaluator.evaluate(samples, recipe.config().evalBatchSize()));
    }

    private <T> T underAverages(Supplier<T> work) {
        if (!recipe.config().averaging().evaluate()) {
            return work.get();
        }
        WeightAverage.swap(state);
        try {
            return work.get();
        } finally {
            WeightAverage.swap(state);
        }
    }

    /** Lets the schedule know the test losses of all complete epochs. */
    void observe(List<EpochMetrics> history) {
        schedule = recipe.schedule().after(history.stream().map(EpochMetrics::testLoss).toList());
    }

    /** Sets the learning rate of a step, counted from 0, and returns it. */
    double setRate(long step) {
        double value = schedule.rate(step);
        rate.set(value);
        state.set(TrainingGraph.LEARNING_RATE, rate);
        return value;
    }

    /** One step on the next batches, under the rate that was set. */
    Stepper.Outcome step(BatchSource.Stream stream) {
        return stepper.step(state, stream);
    }

    @Override
    public void close() {
        stepper.close();
        evaluator.close();
        state.close();
    }
}
