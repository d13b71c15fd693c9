package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ChunksTest {
    @Test
    void coverEveryArrayOnce() {
        Chunks chunks = Chunks.of(new long[] {1, 1024, 2500}, new int[] {7, 0, 1});
        assertEquals(5, chunks.count());
        assertArrayEquals(new long[] {0, 0, 1, 7}, chunks.rows().getFirst());
        assertArrayEquals(new long[] {1, 0, 1024, 0}, chunks.rows().get(1));
        assertArrayEquals(new long[] {2, 2048, 452, 1}, chunks.rows().getLast());
        assertEquals(20, chunks.tensor().shape().elements());
        assertEquals(2048, chunks.tensor().getLong(17));
    }

    @Test
    void growWithTheWorkAndStayAligned() {
        Chunks chunks = Chunks.of(new long[] {138_000_000, 5}, new int[2]);
        assertTrue(chunks.count() <= 8193, () -> chunks.count() + " pieces");
        assertTrue(chunks.rows().stream().allMatch(row -> row[1] % 16 == 0));
        assertEquals(138_000_005, chunks.rows().stream().mapToLong(row -> row[2]).sum());
    }
}
