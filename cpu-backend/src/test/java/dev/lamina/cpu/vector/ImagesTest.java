package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.GraphException;
import org.junit.jupiter.api.Test;

class ImagesTest {
    @Test
    void placesElementsByTheirOrder() {
        assertEquals(((1 * 17 + 16) * 3 + 2) * 5 + 4, new Images(2, 17, 3, 5, Images.Order.PLAIN).at(1, 16, 2, 4));
        assertEquals(((1 * 3 + 2) * 5 + 4) * 17 + 16, new Images(2, 17, 3, 5, Images.Order.CHANNELS_LAST).at(1, 16, 2, 4));
        assertEquals((((1 * 2 + 1) * 3 + 2) * 5 + 4) * 16, new Images(2, 17, 3, 5, Images.Order.BLOCKED_16).at(1, 16, 2, 4));
        assertEquals((((1 * 3 + 1) * 3 + 2) * 5 + 4) * 8 + 7, new Images(2, 17, 3, 5, Images.Order.BLOCKED_8).at(1, 15, 2, 4));
    }

    @Test
    void blocksPadChannels() {
        assertEquals(2 * 17 * 15 * 4, new Images(2, 17, 3, 5, Images.Order.PLAIN).bytes());
        assertEquals(2 * 17 * 15 * 4, new Images(2, 17, 3, 5, Images.Order.CHANNELS_LAST).bytes());
        assertEquals(2 * 32 * 15 * 4, new Images(2, 17, 3, 5, Images.Order.BLOCKED_16).bytes());
        assertEquals(2 * 24 * 15 * 4, new Images(2, 17, 3, 5, Images.Order.BLOCKED_8).bytes());
    }

    @Test
    void rejectsMapsThatPositionsCannotName() {
        GraphException error = assertThrows(GraphException.class, () -> new Images(1, 1, 1 << 16, 1 << 16, Images.Order.PLAIN));
        assertTrue(error.getMessage().contains("65536 x 65536"), error.getMessage());
        assertThrows(GraphException.class, () -> new Images(1, 0, 1, 1, Images.Order.PLAIN));
    }
}
