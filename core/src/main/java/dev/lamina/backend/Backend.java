package dev.lamina.backend;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.util.List;
import java.util.Optional;

/**
 * Compiles graphs for one device. Thread-safe; what it makes is not, unless said.
 */
public interface Backend extends AutoCloseable {
    /** Name users pick it by: {@code reference}, {@code cpu} or {@code cuda}. */
    String name();

    /** The device it runs on. */
    Device device();

    /** Why a node cannot run here with its shapes and types; empty if it can. Asked before anything runs. */
    Optional<String> unsupported(Node node);

    /**
     * Makes an executable. Everything a run needs is allocated here.
     *
     * @throws BackendException if a node is unsupported, or memory does not suffice; the message holds the numbers
     */
    Executable compile(Graph graph, CompileOptions options);

    /**
     * Makes a state that holds these variables, all zero.
     *
     * @param variables values whose op is a {@link dev.lamina.graph.Source.Variable}, of one or several graphs; equal names share
     * @throws BackendException if two variables of one name differ in type, or memory does not suffice
     */
    State createState(List<Value> variables);

    /** Releases the device. Executables and states must be closed before. Idempotent. */
    @Override
    void close();
}
