package dev.lamina.samples.check;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.check.Subject;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Value;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.GradientHook;
import dev.lamina.train.LossTerms;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainingGraph;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code lamina check} checks of a model: its training step, as {@code lamina train} runs it.
 *
 * @param model the model
 * @param data where batches come from; of the model's shape and classes
 * @param statistics by which samples are normalised
 * @param config batch size, seed and all that a step is made of; epochs, schedule and what is kept count for nothing
 * @param terms what the loss is beside the plain mean; mixed samples get the labels of the next ones, but their own pixels
 * @param weights trained parameters and buffers by name; those that are missing start as the seed has them
 */
public record TrainingSubject(Model model, Dataset data, ChannelStatistics statistics, TrainConfig config, LossTerms terms,
        Map<String, Tensor> weights) {

    /** Batches that a step gathers before its last one. */
    private int before() {
        return config.rules().accumulate() - 1;
    }

    /**
     * Forward pass, loss, gradients and updates. Where steps gather, the last batch and the use of what is gathered; the batches before it
     * are gathered here, by the reference, for the first step, and later steps have one batch only.
     */
    public Subject step() {
        Optimizer optimizer = config.makeOptimizer();
        String what = "training step";
        if (!config.rules().inTwoPhases()) {
            return subject(what, TrainingGraph.training(model, statistics, config, optimizer, GradientHook.none(), terms,
                    config.batchSize()), weights, batches(0));
        }
        Map<String, Tensor> start = before() == 0 ? weights : gathered(TrainingGraph.gathering(model, statistics, config, optimizer,
                GradientHook.none(), terms, config.batchSize()));
        return subject(what, TrainingGraph.lastOfStep(model, statistics, config, optimizer, GradientHook.none(), terms,
                config.batchSize()), start, batches(before()));
    }

    private Batches batches(int first) {
        return new Batches(data, config.batchSize(), first, terms.mixed());
    }

    /** All variables after the batches before the last one of a step. */
    private Map<String, Tensor> gathered(TrainingGraph graph) {
        Batches batches = batches(0);
        try (Backend reference = Backends.open("reference"); State state = reference.createState(graph.variables());
                Executable gathering = reference.compile(graph.graph(), CompileOptions.defaults())) {
            graph.variables().forEach(variable -> state.set(variable.name(), start(variable, graph, weights)));
            for (int batch = 0; batch < before(); batch++) {
                gathering.run(state, batches.apply(batch));
            }
            Map<String, Tensor> variables = new LinkedHashMap<>();
            graph.variables().forEach(variable -> variables.put(variable.name(), state.get(variable.name())));
            return variables;
        }
    }

    /** Forward pass and loss only, as for inference: no dropout, running means and variances in batch norm. */
    public Subject loss() {
        return subject("loss", TrainingGraph.evaluation(model, statistics, config.batchSize()), weights,
                new Batches(data, config.batchSize()));
    }

    private Subject subject(String what, TrainingGraph graph, Map<String, Tensor> start, Batches batches) {
        Map<String, Tensor> variables = new LinkedHashMap<>();
        for (Value variable : graph.graph().variables()) {
            variables.put(variable.name(), start(variable, graph, start));
        }
        return new Subject(model.name() + ", " + what, graph.graph(), variables, batches);
    }

    private Tensor start(Value variable, TrainingGraph graph, Map<String, Tensor> given) {
        String name = variable.name();
        Tensor trained = given.get(name);
        if (trained != null) {
            return trained;
        }
        if (graph.parameters().find(name).isPresent()) {
            return graph.parameters().initial(name, config.seed());
        }
        Tensor value = Tensor.zeros(variable.dtype(), variable.shape());
        switch (name) {
            case GraphBuilder.SEED -> value.setLong(config.seed());
            case TrainingGraph.LEARNING_RATE -> value.set(config.rate());
            default -> { }
        }
        return value;
    }
}
