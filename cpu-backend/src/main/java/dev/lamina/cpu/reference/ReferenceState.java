package dev.lamina.cpu.reference;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.Contract;
import dev.lamina.backend.MemoryPlan;
import dev.lamina.backend.State;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Variables in native memory, row-major, one segment each. */
final class ReferenceState implements State {
    private final Map<String, TensorType> types = new LinkedHashMap<>();
    private final Map<String, MemorySegment> memory = new LinkedHashMap<>();
    private final Arena arena = Arena.ofShared();

    ReferenceState(List<Value> variables) {
        try {
            for (Value value : variables) {
                add(value);
            }
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private void add(Value value) {
        if (Contract.declare(types, value)) {
            String name = ((Source.Variable) value.node().op()).variableName();
            memory.put(name, allocate(arena, value.type().bytes(), "variable \"" + name + "\" of type " + value.type()));
        }
    }

    /** Zeroed memory, or an error that says what it was for and how much. */
    static MemorySegment allocate(Arena arena, long bytes, String what) {
        String fact = "reference: " + what + " needs " + bytes + " bytes, ";
        String hint = "Use smaller batches, or raise -XX:MaxDirectMemorySize.";
        if (bytes > ReferenceBackend.machineBytes()) {
            throw new BackendException(fact + "this machine has " + ReferenceBackend.machineBytes() + ".", hint);
        }
        try {
            return arena.allocate(bytes, MemoryPlan.ALIGNMENT);
        } catch (OutOfMemoryError e) {
            throw new BackendException(fact + "which cannot be had: " + e.getMessage() + ".", hint);
        }
    }

    @Override
    public Map<String, TensorType> variables() {
        return Collections.unmodifiableMap(types);
    }

    @Override
    public Tensor get(String name) {
        MemorySegment segment = segment(name);
        TensorType type = types.get(name);
        Tensor copy = Tensor.zeros(type.dtype(), type.shape());
        copy.memory().copyFrom(segment);
        return copy;
    }

    @Override
    public void set(String name, Tensor value) {
        MemorySegment segment = segment(name);
        Contract.checkValue(types, name, value);
        segment.copyFrom(value.contiguous().memory());
    }

    void requireOpen() {
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException("state: is closed.");
        }
    }

    /** A variable's memory. */
    MemorySegment segment(String name) {
        requireOpen();
        Contract.variable(types, name);
        return memory.get(name);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
