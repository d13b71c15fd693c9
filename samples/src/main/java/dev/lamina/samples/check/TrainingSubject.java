package dev.lamina.samples.check;

import dev.lamina.check.Subject;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Value;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.GradientHook;
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
 * @param config batch size, seed, learning rate, label smoothing and clipping; its other settings count for nothing
 * @param optimizer makes the updates
 * @param weights trained parameters and buffers by name; those that are missing start as the seed has them
 */
public record TrainingSubject(Model model, Dataset data, ChannelStatistics statistics, TrainConfig config, Optimizer optimizer,
        Map<String, Tensor> weights) {

    /** Forward pass, loss, gradients and updates. */
    public Subject step() {
        return subject("training step",
                TrainingGraph.training(model, statistics, config, optimizer, GradientHook.none(), config.batchSize()));
    }

    /** Forward pass and loss only, as for inference: no dropout, running means and variances in batch norm. */
    public Subject loss() {
        return subject("loss", TrainingGraph.evaluation(model, statistics, config.batchSize()));
    }

    private Subject subject(String what, TrainingGraph graph) {
        Map<String, Tensor> variables = new LinkedHashMap<>();
        for (Value variable : graph.graph().variables()) {
            variables.put(variable.name(), start(variable, graph));
        }
        return new Subject(model.name() + ", " + what, graph.graph(), variables, new Batches(data, config.batchSize()));
    }

    private Tensor start(Value variable, TrainingGraph graph) {
        String name = variable.name();
        Tensor trained = weights.get(name);
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
