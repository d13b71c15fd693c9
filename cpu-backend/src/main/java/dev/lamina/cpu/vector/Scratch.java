package dev.lamina.cpu.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Native memory for each thread of a team, zero at first, freed when the collector finds it unreachable. */
final class Scratch {
    private static final long LINE = 64;
    private final MemorySegment memory;
    private final long share;

    /** Memory of {@code bytes} a thread, aligned to cache lines and with a vector's worth of slack. */
    Scratch(int threads, long bytes) {
        share = roundUp(bytes, LINE) + 2 * LINE;
        memory = Arena.ofAuto().allocate(share * threads, LINE);
    }

    /** Where a thread's share begins. */
    long address(int thread) {
        return memory.address() + share * thread;
    }

    /** Sets each byte of all shares. */
    void fill(byte pattern) {
        memory.fill(pattern);
    }

    static long roundUp(long n, long multiple) {
        return (n + multiple - 1) / multiple * multiple;
    }
}
