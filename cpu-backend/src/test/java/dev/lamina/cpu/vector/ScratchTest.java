package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Scratch of threads. */
class ScratchTest {
    private static final byte PATTERN = 0x5B;

    @Test
    void fillingReachesEveryByteOfEveryThread() {
        Scratch scratch = new Scratch(3, 100);
        for (int thread = 0; thread < 3; thread++) {
            for (int i = 0; i < 100; i++) {
                assertEquals(0, Raw.ALL.get(ValueLayout.JAVA_BYTE, scratch.address(thread) + i));
            }
        }
        scratch.fill(PATTERN);
        for (int thread = 0; thread < 3; thread++) {
            for (int i = 0; i < 100; i++) {
                assertEquals(PATTERN, Raw.ALL.get(ValueLayout.JAVA_BYTE, scratch.address(thread) + i));
            }
        }
    }
}
