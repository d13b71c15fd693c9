package dev.lamina.cuda;

import dev.lamina.backend.Contract;
import dev.lamina.backend.State;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.lowering.Layout;
import dev.lamina.cuda.lowering.Owned;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Variables in device memory, each in the layout that the executable which runs now wants. */
final class CudaState implements State {
    private final CudaBackend backend;
    private final Map<String, TensorType> types = new LinkedHashMap<>();
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private CudaExecutable boundTo;
    private long version = 1;
    private boolean closed;

    private static final class Slot {
        private Layout layout;
        private DeviceMemory memory;

        Slot(Layout layout, DeviceMemory memory) {
            this.layout = layout;
            this.memory = memory;
        }
    }

    CudaState(CudaBackend backend, Iterable<Value> variables) {
        this.backend = backend;
        try {
            for (Value value : variables) {
                add(value);
            }
        } catch (RuntimeException e) {
            closed = true;
            backend.releaseAfter(e, memories());
            throw e;
        }
    }

    private Owned memories() {
        return new Owned(slots.values().stream().map(slot -> slot.memory).toArray(DeviceMemory[]::new));
    }

    private void add(Value value) {
        if (Contract.declare(types, value)) {
            String name = ((Source.Variable) value.node().op()).variableName();
            DeviceMemory memory = allocate(name, value.type().bytes());
            slots.put(name, new Slot(Layout.plain(value.type()), memory));
            backend.compute().fill(memory.address(), (byte) 0, memory.bytes());
        }
    }

    private DeviceMemory allocate(String name, long bytes) {
        return backend.context().allocate(Math.max(1, bytes), "variable \"" + name + "\"");
    }

    /** Puts a variable into a layout and returns its address. */
    long bind(String name, Layout wanted) {
        Slot slot = slots.get(name);
        if (!slot.layout.sameMemory(wanted)) {
            DeviceMemory target = allocate(name, wanted.bytes());
            try {
                backend.convert(slot.layout, slot.memory.address(), wanted, target.address());
            } catch (RuntimeException e) {
                new Owned(target).closeAfter(e);
                throw e;
            }
            DeviceMemory old = slot.memory;
            slot.memory = target;
            slot.layout = wanted;
            old.close();
        }
        slot.layout = wanted;
        return slot.memory.address();
    }

    /** Whether a backend has made it: addresses of another one's are of no use. */
    boolean isOf(CudaBackend other) {
        return backend == other;
    }

    /** The executable whose layouts the variables have. */
    CudaExecutable boundTo() {
        return boundTo;
    }

    void boundTo(CudaExecutable executable) {
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
        synchronized (backend) {
            Slot slot = slot(name);
            return backend.download(slot.layout, slot.memory.address());
        }
    }

    @Override
    public void set(String name, Tensor value) {
        synchronized (backend) {
            Slot slot = slot(name);
            Contract.checkValue(types, name, value);
            Tensor row = value.isContiguous() ? value : value.contiguous();
            // The host sets the learning rate before every step; results that depend on the state only are computed again then. First, as
            // an upload that fails may have changed a part.
            version++;
            if (slot.layout.isPlain()) {
                backend.staging().upload(row.memory(), slot.memory.address());
            } else {
                uploadConverted(slot, row);
            }
        }
    }

    private void uploadConverted(Slot slot, Tensor row) {
        try (Owned scratch = new Owned()) {
            DeviceMemory plain = scratch.add(backend.context().allocate(Math.max(1, row.byteSize()), "a row-major copy"));
            backend.staging().upload(row.memory(), plain.address());
            backend.convert(Layout.plain(slot.layout.type()), plain.address(), slot.layout, slot.memory.address());
        }
    }

    private Slot slot(String name) {
        requireOpen();
        Contract.variable(types, name);
        return slots.get(name);
    }

    void requireOpen() {
        backend.requireOpen();
        if (closed) {
            throw new IllegalStateException("state: is closed.");
        }
    }

    @Override
    public void close() {
        synchronized (backend) {
            if (!closed) {
                closed = true;
                backend.release(memories());
            }
        }
    }
}
