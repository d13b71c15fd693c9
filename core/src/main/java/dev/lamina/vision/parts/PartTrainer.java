package dev.lamina.vision.parts;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains a part model by gradients through its whole graph: each step chooses the best placement of every example and moves the weights by
 * the margin loss there. Weight decay λ of the optimizer and the mean over examples stand for the support vector machine's C. One thread.
 */
public final class PartTrainer implements AutoCloseable {
    /** Squares of distances are larger than features: their weights move more slowly. */
    private static final double COST_RATE = 0.01;
    private static final String RATE = "learning_rate";

    private final List<String> names;
    private final State state;
    private final Executable executable;
    private final Tensor loss = Tensor.zeros(DType.FLOAT32, Shape.scalar());

    /**
     * Compiles a step.
     *
     * @param model what learns; weights begin as its components say
     * @param rootFeatures {@code [N, C, H, W]} of a batch
     * @param partFeatures {@code [N, C, k H, k W]} of a batch; equal to the root's where all scales are 1, and then not given
     */
    public PartTrainer(Backend backend, PartModel model, Shape rootFeatures, Shape partFeatures, Optimizer optimizer, double rate) {
        GraphBuilder builder = new GraphBuilder();
        Context context = new Context(builder, true);
        Value root = builder.input("root", new TensorType(DType.FLOAT32, rootFeatures));
        Value part = partFeatures.equals(rootFeatures) ? root : builder.input("part", new TensorType(DType.FLOAT32, partFeatures));
        Value best = model.apply(context, root, part).best();
        Value allowed = builder.input("allowed", best.type());
        Value signs = builder.input("signs", TensorType.of(DType.FLOAT32, rootFeatures.dim(0)));
        Value cost = MarginLoss.of(best, allowed, signs);
        builder.output("loss", cost);
        List<Value> trained = builder.trainable();
        List<Value> gradients = Gradients.of(cost, trained);
        Map<Value, Value> byParameter = new LinkedHashMap<>();
        for (int i = 0; i < trained.size(); i++) {
            byParameter.put(trained.get(i), gradients.get(i));
        }
        Value step = builder.step();
        Value next = step.plus(1);
        optimizer.apply(builder, byParameter, builder.variable(RATE, TensorType.of(DType.FLOAT32), false), next,
                parameter -> parameter.name().endsWith(".cost") ? COST_RATE : 1);
        Update.assign(step, next);
        Graph graph = builder.build();
        names = context.parameters().names();
        state = backend.createState(graph.variables());
        try {
            context.parameters().initialize(state, 0);
            state.set(RATE, Tensor.scalar(DType.FLOAT32, rate));
            executable = backend.compile(graph, CompileOptions.defaults());
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    /** Sets some weights by name, e.g. those of a root that has learned. */
    public void set(Map<String, Tensor> weights) {
        weights.forEach(state::set);
    }

    /** Sets the learning rate of the following steps. */
    public void rate(double rate) {
        state.set(RATE, Tensor.scalar(DType.FLOAT32, rate));
    }

    /**
     * One step.
     *
     * @param root features {@code [N, C, H, W]}
     * @param part features of the parts' plane; left aside where all scales are 1
     * @param allowed {@code [N, 1, H, W]}, see {@link MarginLoss#of}
     * @param signs {@code [N]}
     * @return the mean margin loss before the step
     */
    public double step(Tensor root, Tensor part, Tensor allowed, Tensor signs) {
        boolean two = executable.graph().inputs().stream().anyMatch(v -> v.name().equals("part"));
        executable.run(state, two ? Map.of("root", root, "part", part, "allowed", allowed, "signs", signs)
                : Map.of("root", root, "allowed", allowed, "signs", signs));
        executable.read("loss", loss);
        return loss.item();
    }

    /** Copies of the weights by name. */
    public Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        names.forEach(name -> weights.put(name, state.get(name)));
        return weights;
    }

    @Override
    public void close() {
        executable.close();
        state.close();
    }
}
