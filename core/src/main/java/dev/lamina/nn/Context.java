package dev.lamina.nn;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a layer is applied in: the graph it adds to, whether for training, and the path that its parameters' names start with. Not
 * thread-safe.
 */
public final class Context {
    private final GraphBuilder graph;
    private final boolean training;
    private final Predicate<String> frozen;
    private final String path;
    private final Parameters parameters;

    /** A context at the root path, with no parameters yet. */
    public Context(GraphBuilder graph, boolean training) {
        this(graph, training, new Parameters());
    }

    /** A context that adds to, and must agree with, parameters that exist. */
    public Context(GraphBuilder graph, boolean training, Parameters parameters) {
        this(graph, training, _ -> false, "", parameters);
    }

    /**
     * A context at the root path, with no parameters yet, in which some parameters are not trainable.
     *
     * @param frozen whether the parameter of a full name is not
     */
    public Context(GraphBuilder graph, boolean training, Predicate<String> frozen) {
        this(graph, training, frozen, "", new Parameters());
    }

    private Context(GraphBuilder graph, boolean training, Predicate<String> frozen, String path, Parameters parameters) {
        this.graph = graph;
        this.training = training;
        this.frozen = frozen;
        this.path = path;
        this.parameters = parameters;
    }

    /** The graph that layers add to. */
    public GraphBuilder graph() {
        return graph;
    }

    /** Whether layers act as in training: dropout drops, batch normalisation uses the batch. */
    public boolean training() {
        return training;
    }

    /** The path, parts joined by dots; empty at the root. */
    public String path() {
        return path;
    }

    /** All parameters and buffers so far, those of other paths included. */
    public Parameters parameters() {
        return parameters;
    }

    /** The path with a name appended, as parameters are named. */
    public String qualified(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The same graph, mode and parameters one path element deeper. */
    public Context in(String child) {
        return new Context(graph, training, frozen, qualified(child), parameters);
    }

    /** The same context in which new parameters are not trainable. */
    public Context freezing() {
        return new Context(graph, training, _ -> true, path, parameters);
    }

    /** Whether a parameter of this name under this path is not trainable here. */
    boolean frozen(String name) {
        return frozen.test(qualified(name));
    }

    /**
     * A trainable variable named {@code path.name}. The same name and type give the same variable, so applying a layer twice shares it.
     *
     * @throws dev.lamina.graph.GraphException if there is one of this name and another type
     */
    public Value parameter(String name, TensorType type, Initializer init) {
        return variable(name, type, init, !frozen(name));
    }

    /** A variable that gradients do not change, e.g. a running mean; else like {@link #parameter}. */
    public Value buffer(String name, TensorType type, Initializer init) {
        return variable(name, type, init, false);
    }

    private Value variable(String name, TensorType type, Initializer init, boolean trainable) {
        String full = qualified(name);
        Parameters.Entry entry = parameters.declare(full, type, init, trainable);
        String pending = graph.takeName();
        Value value = graph.variable(full, entry.type(), entry.trainable());
        graph.name(pending);
        return value;
    }

    /** The type of a parameter or buffer under this path, if it exists. */
    public Optional<TensorType> known(String name) {
        return parameters.find(qualified(name)).map(Parameters.Entry::type);
    }

    /** Names the next node {@code path.name}; null leaves it to the op. */
    void nameNext(String name) {
        if (name != null) {
            graph.name(qualified(name));
        }
    }
}
