package dev.lamina.cpu.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void runsEachPieceOnce() {
        AtomicIntegerArray runs = new AtomicIntegerArray(1000);
        try (Workers workers = new Workers(4)) {
            workers.each(1000, runs::incrementAndGet);
        }
        for (int i = 0; i < runs.length(); i++) {
            assertEquals(1, runs.get(i));
        }
    }

    /** Whichever thread fails, the caller sees the exception itself, not one of the pool's around it. */
    @Test
    void throwsTheFailureOfTheSmallestNumber() {
        IllegalArgumentException[] failures = new IllegalArgumentException[100];
        for (int i = 0; i < failures.length; i++) {
            failures[i] = new IllegalArgumentException("piece " + i);
        }
        try (Workers workers = new Workers(4)) {
            for (int round = 0; round < 200; round++) {
                int from = round % 50;
                assertSame(failures[from], assertThrows(IllegalArgumentException.class, () -> workers.each(100, i -> {
                    if (i >= from) {
                        throw failures[i];
                    }
                })));
            }
        }
    }
}
