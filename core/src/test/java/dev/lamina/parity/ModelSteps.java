package dev.lamina.parity;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.check.Subject;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Training steps of a model in a floating type on drawn images, a new batch each step. All types and backends start from the same float32
 * numbers. Outputs are {@code logits}, {@code loss} and {@code grad/<parameter>}.
 */
public final class ModelSteps implements AutoCloseable {
    /** Seed of everything that is drawn. */
    public static final long SEED = 20_120_930;
    private static final String RATE = "lr";

    private final Model model;
    private final DType floating;
    private final long batch;
    private final State state;
    private final Executable executable;

    /** Compiles the step with default options and initialises the state. */
    public ModelSteps(Backend backend, Model model, DType floating, long batch, Optimizer optimizer, double rate) {
        this(backend, CompileOptions.defaults(), model, floating, batch, optimizer, rate);
    }

    /** Compiles the step and initialises the state. */
    public ModelSteps(Backend backend, CompileOptions options, Model model, DType floating, long batch, Optimizer optimizer, double rate) {
        this.model = model;
        this.floating = floating;
        this.batch = batch;
        GraphBuilder builder = new GraphBuilder();
        Graph graph = step(builder, optimizer);
        state = backend.createState(builder.variables());
        executable = backend.compile(graph, options);
        Parameters parameters = model.parameters();
        for (String name : parameters.names()) {
            state.set(name, parameters.initial(name, SEED).cast(floating));
        }
        state.set(RATE, Tensor.scalar(floating, (float) rate));
        state.set(GraphBuilder.SEED, Tensor.scalar(DType.INT64, SEED));
    }

    private Graph step(GraphBuilder builder, Optimizer optimizer) {
        Shape x = model.inputShape();
        Value images = builder.input("images", TensorType.of(floating, batch, x.dim(0), x.dim(1), x.dim(2)));
        Value labels = builder.input("labels", TensorType.of(DType.INT32, batch));
        Value logits = model.logits(new Context(builder, true), images);
        Value loss = Loss.crossEntropy(logits, labels, Loss.Options.defaults());
        List<Value> trainable = builder.trainable();
        List<Value> found = Gradients.of(loss, trainable);
        Map<Value, Value> gradients = new LinkedHashMap<>();
        builder.output("logits", logits).output("loss", loss);
        for (int i = 0; i < trainable.size(); i++) {
            gradients.put(trainable.get(i), found.get(i));
            builder.output("grad/" + trainable.get(i).name(), found.get(i));
        }
        builder.seed();
        Value next = builder.step().plus(1);
        optimizer.apply(builder, gradients, builder.variable(RATE, TensorType.of(floating), false), next);
        Update.assign(builder.step(), next);
        return builder.build();
    }

    /** Takes the steps {@code [from, to)} and gives the outputs of the last. */
    public Map<String, Tensor> run(int from, int to) {
        Map<String, Tensor> outputs = Map.of();
        for (int step = from; step < to; step++) {
            outputs = executable.call(state, inputs(step));
        }
        return outputs;
    }

    /** Takes one step on images {@code [N, C, H, W]} of the floating type and labels {@code [N]}, int32. */
    public Map<String, Tensor> run(Tensor images, Tensor labels) {
        return executable.call(state, Map.of("images", images, "labels", labels));
    }

    private Map<String, Tensor> inputs(int step) {
        Philox.Stream random = new Philox.Stream(SEED, step, 1);
        Shape x = model.inputShape();
        double[] pixels = new double[Math.toIntExact(batch * x.elements())];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) (2 * random.nextUniform() - 1);
        }
        int[] labels = new int[Math.toIntExact(batch)];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = random.nextInt(model.classes());
        }
        return Map.of("images", Tensor.of(floating, pixels, batch, x.dim(0), x.dim(1), x.dim(2)), "labels", Tensor.of(labels));
    }

    /** The step, from the present state, as the subject of a cross-check. */
    public Subject subject() {
        Map<String, Tensor> variables = new LinkedHashMap<>();
        state.variables().keySet().forEach(variable -> variables.put(variable, state.get(variable)));
        return new Subject(model.name(), graph(), variables, this::inputs);
    }

    /** The compiled graph. */
    public Graph graph() {
        return executable.graph();
    }

    /** Parameters, buffers, the optimizer's copies, learning rate, seed and step. */
    public State state() {
        return state;
    }

    /** What a parameter or buffer started as; zeros for what the optimizer keeps. */
    public Tensor start(String variable) {
        Parameters parameters = model.parameters();
        return parameters.find(variable).map(_ -> parameters.initial(variable, SEED))
                .orElseGet(() -> Tensor.zeros(floating, state.variables().get(variable).shape()));
    }

    @Override
    public void close() {
        executable.close();
        state.close();
    }
}
