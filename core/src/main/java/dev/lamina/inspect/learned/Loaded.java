package dev.lamina.inspect.learned;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** A network on a backend, in float32, with the graphs that were compiled for it. One thread at a time. */
public final class Loaded implements AutoCloseable {
    private final Backend backend;
    private final Learned network;
    private final State state;
    private final Map<String, Executable> compiled = new HashMap<>();

    /** Copies the weights to the backend, which stays the caller's. */
    public Loaded(Backend backend, Learned network) {
        this.backend = backend;
        this.network = network;
        this.state = backend.createState(new LearnedGraph(network, 1).builder().variables());
        try {
            network.model().parameters().names().forEach(name -> state.set(name, network.weights().get(name)));
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    /** The network. */
    public Learned network() {
        return network;
    }

    /** Runs a graph, which is compiled once a key. The signal of a linear network does not depend on the image: inputs may be left over. */
    Executable run(String key, Supplier<Graph> graph, Map<String, Tensor> inputs) {
        Executable executable = compiled.computeIfAbsent(key,
                _ -> backend.compile(graph.get(), CompileOptions.defaults().requiringDeterminism()));
        Map<String, Tensor> taken = new HashMap<>();
        executable.graph().inputs().forEach(v -> taken.put(v.name(), inputs.get(v.name())));
        executable.run(state, taken);
        return executable;
    }

    @Override
    public void close() {
        compiled.values().forEach(Executable::close);
        compiled.clear();
        state.close();
    }
}
