package dev.lamina.io;

import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An open safetensors file, mapped into memory. Tensors it gives are copies on the heap and outlive it. Thread-safe until closed.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final Arena arena;
    private final Map<String, Tensor> mapped;
    private final Map<String, String> metadata;

    SafetensorsFile(Arena arena, Map<String, Tensor> mapped, Map<String, String> metadata) {
        this.arena = arena;
        this.mapped = mapped;
        this.metadata = metadata;
    }

    /** Names of the tensors in the order of their data. */
    public Set<String> names() {
        return Collections.unmodifiableSet(mapped.keySet());
    }

    /** The free text pairs of the header. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /**
     * A copy of one tensor.
     *
     * @throws IllegalArgumentException if there is none of this name; the message lists what there is
     */
    public Tensor tensor(String name) {
        Tensor tensor = mapped.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("safetensors: no tensor \"" + name + "\"; the file holds " + mapped.keySet() + ".");
        }
        return tensor.copy();
    }

    /** Copies of all tensors, in the order of their data. */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        mapped.forEach((name, tensor) -> copies.put(name, tensor.copy()));
        return copies;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
