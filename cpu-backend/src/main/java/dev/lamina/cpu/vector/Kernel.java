package dev.lamina.cpu.vector;

/** A computation bound to its memory: everything it needs was made before, and a run allocates nothing. One thread at a time. */
@FunctionalInterface
public interface Kernel {
    /** Computes the results from what the operands hold now. */
    void run();

    /**
     * Fills native memory of its own that a run writes before it reads, so that a run which does not shows. Not while it runs.
     *
     * @param pattern each byte
     */
    default void poison(byte pattern) { }
}
