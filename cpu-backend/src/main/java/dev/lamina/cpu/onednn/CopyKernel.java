package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.Pointer;
import java.lang.foreign.MemorySegment;

/** Copies bytes. */
record CopyKernel(Pointer from, Pointer to, long bytes) implements Kernel {
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    @Override
    public void run() {
        MemorySegment.copy(ALL, from.address(), ALL, to.address(), bytes);
    }
}
