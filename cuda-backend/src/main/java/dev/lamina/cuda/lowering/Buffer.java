package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Launch;
import java.util.ArrayList;
import java.util.List;

/**
 * A block of device memory that steps read and write: its place is decided after all steps are known, or when a state is bound. One thread.
 */
public final class Buffer {
    /** Who owns the memory. */
    public enum Home {
        /** The executable's arena, shared with buffers that are not alive at the same time. */
        ARENA,
        /** The executable's arena, for itself alone: inputs, constants, outputs, results that depend on the state only. */
        KEPT,
        /** The state. */
        STATE
    }

    private final String name;
    private final long bytes;
    private final Home home;
    private final List<Follower> followers = new ArrayList<>();
    private long address;
    private int birth = Integer.MAX_VALUE;
    private int death = -1;

    /** Something that holds the address of a buffer. */
    @FunctionalInterface
    interface Follower {
        /** The buffer is there from now on. */
        void moved(long address);
    }

    Buffer(String name, long bytes, Home home) {
        this.name = name;
        this.bytes = bytes;
        this.home = home;
    }

    /** For messages and reports. */
    public String name() {
        return name;
    }

    /** Size in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Who owns it. */
    public Home home() {
        return home;
    }

    /** Where it is now; read it when a step is enqueued, not before. */
    public long address() {
        return address;
    }

    /** Notes that a step uses this buffer; -1 is the prologue. */
    void usedBy(int step) {
        birth = Math.min(birth, step);
        death = Math.max(death, step);
    }

    /** The first step that uses it; -1 is the prologue. */
    public int birth() {
        return birth;
    }

    /** The last step that uses it. */
    public int death() {
        return death;
    }

    /** A launch whose pointer follows this buffer. */
    void follow(Launch launch, int slot) {
        follow(place -> launch.set(slot, place));
    }

    /** Tells the present address, and every later one. */
    void follow(Follower follower) {
        followers.add(follower);
        follower.moved(address);
    }

    /** Moves the buffer and all that follows it. */
    public void moveTo(long place) {
        if (address != place) {
            address = place;
            followers.forEach(follower -> follower.moved(place));
        }
    }
}
