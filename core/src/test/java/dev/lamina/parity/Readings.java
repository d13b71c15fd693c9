package dev.lamina.parity;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.models.Models;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Sgd;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All that can be read after runs, and what memory held before them: it must be of no influence. */
public final class Readings {
    private static final int STEPS = 3;

    private Readings() { }

    /**
     * Outputs by name, with {@link CompileOptions#keepAll} every node's results as {@code node:position} too, and variables as
     * {@code state/name}, of the last run on a fresh executable and state. Cases with state run twice.
     */
    public static Map<String, Tensor> of(CaseGraph graph, Backend backend, CompileOptions options) {
        try (State state = backend.createState(graph.graph().variables());
                Executable executable = backend.compile(graph.graph(), options)) {
            graph.fill(state);
            if (graph.hasState()) {
                executable.run(state, graph.inputs());
            }
            Map<String, Tensor> read = new LinkedHashMap<>(executable.call(state, graph.inputs()));
            if (options.keepAll()) {
                values(graph.graph(), executable, read);
            }
            state.variables().keySet().forEach(name -> read.put("state/" + name, state.get(name)));
            return read;
        }
    }

    private static void values(Graph graph, Executable executable, Map<String, Tensor> read) {
        for (Node node : graph.nodes()) {
            for (Value value : node.outputs()) {
                read.put(node.name() + ":" + value.output(), executable.read(value));
            }
        }
    }

    /** Compares the bits of all that can be read between both patterns; one report for each value that differs. */
    public static void comparePoisons(CaseGraph graph, Backend backend, CompileOptions options, List<String> failures) {
        Parity.compareBits(of(graph, backend, options.poisoned(Poison.ONES)), of(graph, backend, options.poisoned(Poison.MIXED)),
                backend.name() + (options.keepAll() ? " keeping all" : ""), failures);
    }

    /** Models whose training uses what graphs have: convolutions, pooling, batch normalisation and dropout. */
    public static List<Model> models() {
        return List.of(Models.create("lenet", Shape.of(1, 28, 28), 10), regularized());
    }

    private static Model regularized() {
        return new Model("regularized", Shape.of(3, 13, 11), 10, Sequential.of(
                Layers.conv2d("conv1", 17, Window.of(3).padding(1), 1, false), Layers.batchNorm2d("bn1"), Layers.relu(), Layers.maxPool(2),
                Layers.dropout(0.5), Layers.flatten(), Layers.linear("fc1", 33, false), Layers.batchNorm1d("bn2"), Layers.relu(),
                Layers.dropout(0.25), Layers.linear("fc2", 10)));
    }

    /** Outputs of each of three training steps as {@code step:name}, and variables afterwards as {@code state/name}. */
    public static Map<String, Tensor> training(Model model, Backend backend, CompileOptions options) {
        Map<String, Tensor> read = new LinkedHashMap<>();
        try (ModelSteps steps = new ModelSteps(backend, options, model, DType.FLOAT32, 6, Sgd.momentum(0.9), 0.02)) {
            for (int i = 0; i < STEPS; i++) {
                int step = i;
                steps.run(i, i + 1).forEach((name, tensor) -> read.put(step + ":" + name, tensor));
            }
            steps.state().variables().keySet().forEach(name -> read.put("state/" + name, steps.state().get(name)));
        }
        return read;
    }
}
