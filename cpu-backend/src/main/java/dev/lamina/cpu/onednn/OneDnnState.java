package dev.lamina.cpu.onednn;

import dev.lamina.backend.Contract;
import dev.lamina.backend.State;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Variables in native memory, each in the layout that the executable which ran last wants for it. Another executable may want another; then
 * the variable is reordered once, when that one runs.
 */
final class OneDnnState implements State {
    private final OneDnnBackend backend;
    private final NativeScope scope;
    private final Map<String, TensorType> types = new LinkedHashMap<>();
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private long version = 1;
    private OneDnnExecutable boundTo;
    private boolean closed;

    /** A variable's memory, which grows when a layout needs more. */
    private static final class Slot {
        private Layout layout;
        private Pages memory;

        Slot(Layout layout, Pages memory) {
            this.layout = layout;
            this.memory = memory;
        }
    }

    OneDnnState(OneDnnBackend backend, Iterable<Value> variables) {
        this.backend = backend;
        this.scope = new NativeScope(backend.engine());
        try {
            for (Value value : variables) {
                add(value);
            }
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    private void add(Value value) {
        if (Contract.declare(types, value)) {
            String name = ((Source.Variable) value.node().op()).variableName();
            slots.put(name, new Slot(Layout.plain(value.type()), scope.pages(value.type().bytes(), "variable \"" + name + "\"")));
        }
    }

    /** Puts a variable into a layout and returns its address. */
    long bind(String name, Layout wanted) {
        Slot slot = slots.get(name);
        if (!slot.layout.sameMemory(wanted)) {
            Pages old = slot.memory;
            Pages target = scope.pages(wanted.bytes(), "variable \"" + name + "\"");
            backend.reorder(slot.layout, old.address(), wanted, target.address());
            slot.memory = target;
            slot.layout = wanted;
            scope.release(old);
        }
        return slot.memory.address();
    }

    /** The executable whose layouts the variables have. */
    OneDnnExecutable boundTo() {
        return boundTo;
    }

    void boundTo(OneDnnExecutable executable) {
        boundTo = executable;
    }

    /** Changes whenever a variable may have changed. */
    long version() {
        return version;
    }

    /** Notes that a run has changed variables. */
    void touched() {
        version++;
    }

    @Override
    public Map<String, TensorType> variables() {
        return Collections.unmodifiableMap(types);
    }

    @Override
    public Tensor get(String name) {
        Slot slot = slot(name);
        TensorType type = types.get(name);
        Tensor copy = Tensor.zeros(type.dtype(), type.shape());
        read(slot.layout, slot.memory, copy.memory());
        return copy;
    }

    private void read(Layout layout, Pages memory, MemorySegment into) {
        if (layout.isPlain()) {
            MemorySegment.copy(memory.segment(), 0, into, 0, layout.type().bytes());
            return;
        }
        try (Pages row = Pages.allocate(layout.type().bytes(), "a row-major copy")) {
            backend.reorder(layout, memory.address(), layout.plainAlike(), row.address());
            MemorySegment.copy(row.segment(), 0, into, 0, layout.type().bytes());
        }
    }

    @Override
    public void set(String name, Tensor value) {
        Slot slot = slot(name);
        Contract.checkValue(types, name, value);
        MemorySegment row = value.contiguous().memory();
        if (slot.layout.isPlain()) {
            MemorySegment.copy(row, 0, slot.memory.segment(), 0, row.byteSize());
        } else {
            try (Pages copy = Pages.allocate(row.byteSize(), "a row-major copy")) {
                MemorySegment.copy(row, 0, copy.segment(), 0, row.byteSize());
                backend.reorder(slot.layout.plainAlike(), copy.address(), slot.layout, slot.memory.address());
            }
        }
        // The host sets the learning rate before every step; results that depend on the state only are computed again then.
        version++;
    }

    private Slot slot(String name) {
        requireOpen();
        Contract.variable(types, name);
        return slots.get(name);
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("state: is closed.");
        }
    }

    @Override
    public void close() {
        closed = true;
        scope.close();
    }
}
