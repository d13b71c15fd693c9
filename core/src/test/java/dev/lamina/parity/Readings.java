package dev.lamina.parity;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** All that can be read after runs of a case on a fresh executable and state. */
public final class Readings {
    private Readings() { }

    /**
     * Outputs by name, with {@link CompileOptions#keepAll} every node's results as {@code node:position} too, and variables as
     * {@code state/name}, of the last run. Cases with state run twice.
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
}
