package dev.lamina.check;

import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A value in two runs that should be equal, of memory poisoned by {@link Poison#ONES} and by {@link Poison#MIXED}.
 *
 * @param differing number of elements whose bits differ
 * @param firstDiffering the first of them in row-major order
 * @param unwritten number of elements that show the poison of their run
 * @param firstUnwritten the first of them
 */
record Repeats(long differing, long firstDiffering, long unwritten, long firstUnwritten) {
    /** Equal bits. */
    static final Repeats SAME = new Repeats(0, -1, 0, -1);

    static Repeats of(Tensor ones, Tensor mixed) {
        MemorySegment a = ones.contiguous().memory();
        MemorySegment b = mixed.contiguous().memory();
        if (a.mismatch(b) < 0) {
            return SAME;
        }
        int bytes = ones.dtype().bytes();
        long differing = 0;
        long firstDiffering = -1;
        long unwritten = 0;
        long firstUnwritten = -1;
        for (long i = 0; i < ones.elements(); i++) {
            long at = i * bytes;
            if (MemorySegment.mismatch(a, at, at + bytes, b, at, at + bytes) < 0) {
                continue;
            }
            firstDiffering = differing++ == 0 ? i : firstDiffering;
            if (shows(a, at, bytes, Poison.ONES) && shows(b, at, bytes, Poison.MIXED)) {
                firstUnwritten = unwritten++ == 0 ? i : firstUnwritten;
            }
        }
        return new Repeats(differing, firstDiffering, unwritten, firstUnwritten);
    }

    private static boolean shows(MemorySegment memory, long at, int bytes, Poison poison) {
        for (int k = 0; k < bytes; k++) {
            if (memory.get(ValueLayout.JAVA_BYTE, at + k) != poison.pattern()) {
                return false;
            }
        }
        return true;
    }
}
