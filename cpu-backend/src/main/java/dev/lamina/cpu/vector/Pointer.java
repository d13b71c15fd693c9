package dev.lamina.cpu.vector;

/** Where a buffer is: an address that may move between runs, for example when another state is bound. Kernels read it at each run. */
public final class Pointer {
    private long address;

    /** A pointer that is set before the first run. */
    public Pointer() { }

    /** A pointer to an address. */
    public Pointer(long address) {
        this.address = address;
    }

    /** The address now. */
    public long address() {
        return address;
    }

    /** Moves the pointer. */
    public void set(long moved) {
        address = moved;
    }
}
