package dev.lamina.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
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

    /** Every one of the 24 orders of 4 comes up about equally often: chi-square with 23 degrees of freedom, 0.1 % quantile. */
    @Test
    void permutationIsUnbiased() {
        Philox.Stream random = new Philox.Stream(5, 0, 0);
        int rounds = 48_000;
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < rounds; i++) {
            counts.merge(Arrays.toString(random.permutation(4)), 1, Integer::sum);
        }
        assertEquals(24, counts.size());
        double expected = rounds / 24.0;
        double chiSquare = counts.values().stream().mapToDouble(n -> (n - expected) * (n - expected) / expected).sum();
        assertTrue(chiSquare < 49.7, "chi-square " + chiSquare);
    }

    @Test
    void boundedIntegersReachTheirEndsAndNoFurther() {
        Philox.Stream random = new Philox.Stream(6, 0, 0);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[random.nextInt(7)]++;
        }
        for (int count : counts) {
            assertEquals(10_000, count, 4 * Math.sqrt(10_000));
        }
        assertEquals(0, random.nextInt(1));
        assertTrue(random.nextInt(Integer.MAX_VALUE) >= 0);
        assertEquals(0, random.permutation(0).length);
    }

    @Test
    void streamFollowsTheCounterConvention() {
        long seed = 0xa4093822299f31d0L;
        long step = 7;
        int[] block = new int[4];
        Philox.block(1, 0, 3, 7, (int) seed, (int) (seed >>> 32), block);
        Philox.Stream random = new Philox.Stream(seed, step, 3);
        int[] words = IntStream.range(0, 8).map(_ -> random.nextInt()).toArray();
        assertArrayEquals(block, Arrays.copyOfRange(words, 4, 8));
        Philox.block(seed, step, 3, 1L << 32, block);
        int[] raw = new int[4];
        Philox.block(0, 1, 3, 7, (int) seed, (int) (seed >>> 32), raw);
        assertArrayEquals(raw, block);
    }

    @Test
    void extremeWordsGiveFiniteNumbers() {
        assertEquals(0, Philox.uniform(0));
        assertEquals(1 - 0x1p-24, Philox.uniform(-1));
        assertEquals(Math.sqrt(48 * Math.log(2)), Philox.normal(0, 0, false), 1e-12);
        assertEquals(0, Philox.normal(-1, 0, false), 0);
    }

    @Test
    void boundMustBePositive() {
        Philox.Stream random = new Philox.Stream(0, 0, 0);
        assertEquals("philox: bound = 0, needs >= 1.",
                assertThrows(IllegalArgumentException.class, () -> random.nextInt(0)).getMessage());
    }
}
