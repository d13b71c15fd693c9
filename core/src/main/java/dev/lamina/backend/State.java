package dev.lamina.backend;

import dev.lamina.graph.TensorType;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * The variables that live on a device between runs: parameters, optimizer buffers, running statistics, seed and step. Layout is the
 * backend's business; what goes in and out is row-major. One thread at a time.
 */
public interface State extends AutoCloseable {
    /** Names and types, in order of creation. */
    Map<String, TensorType> variables();

    /**
     * A copy of a variable.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    Tensor get(String name);

    /**
     * Overwrites a variable.
     *
     * @throws IllegalArgumentException if there is none of this name, or the value's type differs
     */
    void set(String name, Tensor value);

    /** Releases the memory. Idempotent. */
    @Override
    void close();
}
