package dev.lamina.io;

import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An open safetensors file, mapped into memory: opening one costs no more than its header, whatever the size of its tensors. Tensors that
 * it gives are copies on the heap and outlive it. Thread-safe until closed. The file must not be cut short by others while it is open;
 * replacing it, as {@link Safetensors#write} does, is no harm.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final Arena arena;
    private final MemorySegment data;
    private final SafetensorsHeader header;

    SafetensorsFile(Arena arena, MemorySegment data, SafetensorsHeader header) {
        this.arena = arena;
        this.data = data;
        this.header = header;
    }

    /** Names of the tensors in the order of their data. */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.entries().keySet());
    }

    /** The free text pairs of the header. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /**
     * A copy of one tensor.
     *
     * @throws IllegalArgumentException if there is none of this name; the message lists what there is
     * @throws IllegalStateException if the file is closed
     */
    public Tensor tensor(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException("safetensors: no tensor \"" + name + "\"; the file holds " + names() + ".");
        }
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("safetensors: tensor \"" + name + "\" was asked for after the file was closed.");
        }
        Tensor tensor = Tensor.zeros(entry.dtype(), entry.shape());
        tensor.memory().copyFrom(data.asSlice(entry.begin(), entry.end() - entry.begin()));
        return tensor;
    }

    /** Copies of all tensors, in the order of their data. */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        names().forEach(name -> copies.put(name, tensor(name)));
        return copies;
    }

    /** Ends the mapping; a second call does nothing. */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
