package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Pointer;
import java.util.ArrayList;
import java.util.List;

/** A block of memory that steps read and write: its place is decided after all steps are known, or when a state is bound. */
final class Buffer {
    /** Who owns the memory. */
    enum Home {
        /** The executable's arena, shared with buffers that are not alive at the same time. */
        ARENA,
        /** The executable's arena, for itself alone: constants, outputs, results that depend on the state only. */
        KEPT,
        /** The state. */
        STATE
    }

    private final String name;
    private final long bytes;
    private final Home home;
    private final Pointer pointer = new Pointer();
    private final List<Long> memories = new ArrayList<>();
    private int birth = Integer.MAX_VALUE;
    private int death = -1;

    Buffer(String name, long bytes, Home home) {
        this.name = name;
        this.bytes = bytes;
        this.home = home;
    }

    String name() {
        return name;
    }

    long bytes() {
        return bytes;
    }

    Home home() {
        return home;
    }

    Pointer pointer() {
        return pointer;
    }

    /** Notes that a step uses this buffer. */
    void usedBy(int step) {
        birth = Math.min(birth, step);
        death = Math.max(death, step);
    }

    int birth() {
        return birth;
    }

    int death() {
        return death;
    }

    /** Adds a memory object of oneDNN that must follow the pointer. */
    void follow(long memory) {
        memories.add(memory);
    }

    /** Moves the pointer and all that follows it. */
    void moveTo(long address) {
        if (pointer.address() == address) {
            return;
        }
        pointer.set(address);
        for (long memory : memories) {
            try {
                NativeScope.check((int) Dnnl.MEMORY_SET.invokeExact(memory, address), "memory_set_data_handle");
            } catch (Throwable e) {
                throw e instanceof RuntimeException known ? known : NativeScope.unexpected("memory_set_data_handle", e);
            }
        }
    }
}
