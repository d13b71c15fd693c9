package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.Pointer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Element-wise sum of int64 numbers. */
record IntegerSum(Pointer a, Pointer b, Pointer sum, long elements) implements Kernel {
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    @Override
    public void run() {
        for (long at = 0; at < elements * Long.BYTES; at += Long.BYTES) {
            ALL.set(ValueLayout.JAVA_LONG, sum.address() + at,
                    ALL.get(ValueLayout.JAVA_LONG, a.address() + at) + ALL.get(ValueLayout.JAVA_LONG, b.address() + at));
        }
    }
}
