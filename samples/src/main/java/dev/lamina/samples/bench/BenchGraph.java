package dev.lamina.samples.bench;

import dev.lamina.backend.Backend;
import dev.lamina.backend.State;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.optim.Sgd;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The graph of a workload's step with its inputs. Images are float32 as they are, without the scaling of pixels that training on data has,
 * so that other libraries do the same work.
 *
 * @param graph inputs {@code images} and, for training, {@code labels}
 * @param output its only output: {@code loss} (scalar) or {@code logits}
 * @param variables all variables
 * @param parameters the model's, with their initial values
 * @param inputs random numbers
 * @param rate learning rate
 */
record BenchGraph(Graph graph, String output, List<Value> variables, Parameters parameters, Map<String, Tensor> inputs, double rate) {
    private static final String IMAGES = "images";
    private static final String LABELS = "labels";
    private static final String RATE = "lr";
    private static final long SEED = 1;

    /** A step with momentum 0.9 at rate 0.01. */
    static BenchGraph of(Workload workload, Mode mode) {
        return of(workload, mode, Sgd.momentum(0.9), 0.01);
    }

    /** A step with these updates at this rate. */
    static BenchGraph of(Workload workload, Mode mode, Sgd updates, double rate) {
        Model model = workload.model();
        GraphBuilder graph = new GraphBuilder();
        Context context = new Context(graph, mode == Mode.TRAIN);
        TensorType type = model.inputType(workload.batch());
        Value logits = model.logits(context, graph.input(IMAGES, type));
        Tensor images = Initializer.normal(0, 1).create(type, SEED, 0);
        if (mode == Mode.INFER) {
            graph.output("logits", logits);
            return new BenchGraph(graph.build(), "logits", graph.variables(), context.parameters(), Map.of(IMAGES, images), rate);
        }
        addTraining(graph, logits, updates);
        return new BenchGraph(graph.build(), "loss", graph.variables(), context.parameters(),
                Map.of(IMAGES, images, LABELS, labels(workload.batch(), model.classes())), rate);
    }

    private static void addTraining(GraphBuilder graph, Value logits, Sgd updates) {
        Value labels = graph.input(LABELS, TensorType.of(DType.INT32, logits.shape().dim(0)));
        Value loss = Loss.crossEntropy(logits, labels, Loss.Options.defaults());
        graph.output("loss", loss);
        List<Value> trainable = graph.trainable();
        List<Value> found = Gradients.of(loss, trainable);
        Map<Value, Value> gradients = new LinkedHashMap<>();
        for (int i = 0; i < trainable.size(); i++) {
            gradients.put(trainable.get(i), found.get(i));
        }
        Value learningRate = graph.variable(RATE, TensorType.of(DType.FLOAT32), false);
        graph.seed();
        Value step = graph.step();
        Value next = step.plus(1);
        updates.apply(graph, gradients, learningRate, next);
        Update.assign(step, next);
    }

    private static Tensor labels(int batch, int classes) {
        int[] labels = new int[batch];
        for (int i = 0; i < batch; i++) {
            labels[i] = (int) (i * 7919L % classes);
        }
        return Tensor.of(labels, batch);
    }

    /** A state with the initial values, which the caller closes. */
    State newState(Backend backend) {
        State state = backend.createState(variables);
        parameters.initialize(state, SEED);
        if (state.variables().containsKey(RATE)) {
            state.set(RATE, Tensor.scalar(DType.FLOAT32, rate));
        }
        return state;
    }

    /** Memory for the output. */
    Tensor newResult() {
        Shape shape = graph.output(output).shape();
        return Tensor.zeros(DType.FLOAT32, shape);
    }
}
