package dev.lamina.graph.cases;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairsTest {
    private static final int[] LEVELS = {5, 4, 3, 6, 2};

    @Test
    void everyPairOccurs() {
        List<int[]> rows = Pairs.cover(LEVELS, 1, _ -> true);
        for (int i = 0; i < LEVELS.length; i++) {
            for (int j = i + 1; j < LEVELS.length; j++) {
                assertPairs(rows, i, j);
            }
        }
        assertTrue(rows.size() <= 45, "rows: " + rows.size());
    }

    private static void assertPairs(List<int[]> rows, int i, int j) {
        for (int a = 0; a < LEVELS[i]; a++) {
            for (int b = 0; b < LEVELS[j]; b++) {
                int x = a;
                int y = b;
                assertTrue(rows.stream().anyMatch(r -> r[i] == x && r[j] == y), i + "=" + a + ", " + j + "=" + b);
            }
        }
    }

    @Test
    void illegalRowsAreAvoidedAndLegalPairsKept() {
        List<int[]> rows = Pairs.cover(LEVELS, 2, r -> r[0] + r[3] < 6);
        assertTrue(rows.stream().allMatch(r -> r[0] + r[3] < 6));
        for (int a = 0; a < 5; a++) {
            for (int b = 0; a + b < 6 && b < 6; b++) {
                int x = a;
                int y = b;
                assertTrue(rows.stream().anyMatch(r -> r[0] == x && r[3] == y), a + ", " + b);
            }
        }
    }

    @Test
    void sameSeedGivesSameRows() {
        List<int[]> a = Pairs.cover(LEVELS, 3, _ -> true);
        List<int[]> b = Pairs.cover(LEVELS, 3, _ -> true);
        assertArrayEquals(a.stream().map(Arrays::toString).toArray(), b.stream().map(Arrays::toString).toArray());
    }
}
