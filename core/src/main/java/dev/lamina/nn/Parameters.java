package dev.lamina.nn;

import dev.lamina.backend.State;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters and buffers of a model in order of creation, with what they start as.
 *
 * <p>Initial values depend on nothing but the seed, the type and the ordinal k (from 0, buffers counted): the numbers come from the stream
 * {@code (seed, step 0, stream -1 - k)} of {@link dev.lamina.tensor.Philox}, so they are equal on every backend and never those of a
 * graph's random node, whose streams are not negative. Not thread-safe.
 */
public final class Parameters {
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * A parameter or buffer.
     *
     * @param name full name, e.g. {@code conv1.weight}
     * @param type element type and shape
     * @param init what it starts as
     * @param trainable whether gradients change it
     * @param ordinal number in order of creation, from 0
     */
    public record Entry(String name, TensorType type, Initializer init, boolean trainable, int ordinal) {
    }

    /** No parameters. */
    public Parameters() { }

    Entry declare(String name, TensorType type, Initializer init, boolean trainable) {
        Entry known = entries.get(name);
        if (known != null) {
            if (!known.type.equals(type)) {
                throw new GraphException("parameter \"" + name + "\": is " + known.type + " elsewhere in this model, now " + type + ".");
            }
            return known;
        }
        Entry entry = new Entry(name, type, init, trainable, entries.size());
        entries.put(name, entry);
        return entry;
    }

    /** Names in order of creation. */
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /** All entries in order of creation. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** The entry of this name, if there is one. */
    public Optional<Entry> find(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    /**
     * The entry of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Entry get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException(
                "parameter \"" + name + "\" is unknown; the model has " + new ArrayList<>(entries.keySet()) + "."));
    }

    /** Type of the parameter of this name. */
    public TensorType type(String name) {
        return get(name).type;
    }

    /** Whether gradients change the parameter of this name. */
    public boolean trainable(String name) {
        return get(name).trainable;
    }

    /** Number of trainable numbers. */
    public long trainableElements() {
        return entries.values().stream().filter(Entry::trainable).mapToLong(e -> e.type.elements()).reduce(0, Math::addExact);
    }

    /** A fresh host tensor with the initial value under a seed. */
    public Tensor initial(String name, long seed) {
        Entry entry = get(name);
        return entry.init.create(entry.type, seed, -1 - entry.ordinal);
    }

    /** Fresh host tensors with the initial values of all entries under a seed, by name. */
    public Map<String, Tensor> initialValues(long seed) {
        Map<String, Tensor> values = new LinkedHashMap<>();
        entries.keySet().forEach(name -> values.put(name, initial(name, seed)));
        return values;
    }

    /** Writes the initial values of all entries that the state holds. */
    public void initialize(State state, long seed) {
        Map<String, TensorType> held = state.variables();
        for (String name : entries.keySet()) {
            if (held.containsKey(name)) {
                state.set(name, initial(name, seed));
            }
        }
    }
}
