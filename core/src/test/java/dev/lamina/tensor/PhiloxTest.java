package dev.lamina.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhiloxTest {
    /** The known answers published with Random123 (kat_vectors, philox4x32 10). */
    @Test
    void publishedVectors() {
        check(new int[] {0, 0, 0, 0}, new int[] {0, 0}, new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
        check(new int[] {-1, -1, -1, -1}, new int[] {-1, -1}, new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
        check(new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, new int[] {0xa4093822, 0x299f31d0},
                new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
    }

    private static void check(int[] counter, int[] key, int[] expected) {
        int[] out = new int[4];
        Philox.block(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
        assertArrayEquals(expected, out);
    }

    @Test
    void uniformAndNormalHaveTheirMoments() {
        int n = 200_000;
        Philox.Stream random = new Philox.Stream(1, 2, 3);
        double[] uniform = IntStream.range(0, n).mapToDouble(_ -> random.nextUniform()).toArray();
        double[] normal = IntStream.range(0, n).mapToDouble(_ -> random.nextNormal()).toArray();
        assertEquals(0.5, Arrays.stream(uniform).average().orElseThrow(), 3 * Math.sqrt(1.0 / 12 / n));
        assertEquals(0, Arrays.stream(normal).average().orElseThrow(), 3 / Math.sqrt(n));
        assertEquals(1, Arrays.stream(normal).map(x -> x * x).average().orElseThrow(), 3 * Math.sqrt(2.0 / n));
    }

    @Test
    void permutationHoldsEveryPositionAndDependsOnTheSeed() {
        int[] first = new Philox.Stream(1, 0, 0).permutation(1000);
        int[] again = new Philox.Stream(1, 0, 0).permutation(1000);
        int[] other = new Philox.Stream(2, 0, 0).permutation(1000);
        assertArrayEquals(first, again);
        assertArrayEquals(IntStream.range(0, 1000).toArray(), Arrays.stream(first).sorted().toArray());
        assertEquals(false, Arrays.equals(first, other));
    }

    @Test
    void boundMustBePositive() {
        Philox.Stream random = new Philox.Stream(0, 0, 0);
        assertEquals("philox: bound = 0, needs >= 1.",
                assertThrows(IllegalArgumentException.class, () -> random.nextInt(0)).getMessage());
    }
}
