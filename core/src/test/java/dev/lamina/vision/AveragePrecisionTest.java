package dev.lamina.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AveragePrecisionTest {
    private static boolean[] hits(int... ones) {
        boolean[] hits = new boolean[ones.length];
        for (int i = 0; i < ones.length; i++) {
            hits[i] = ones[i] == 1;
        }
        return hits;
    }

    /** The specification's constants: precisions 1, 2/3, 3/4, 4/7 at recalls 0.2, 0.4, 0.6, 0.8. */
    @Test
    void workedExample() {
        boolean[] hits = hits(1, 0, 1, 1, 0, 0, 1, 0);
        assertEquals((3 + 4 * 0.75 + 2 * 4 / 7.0) / 11, AveragePrecision.elevenPoint(hits, 5), 1e-15);
        assertEquals(0.2 + 0.4 * 0.75 + 0.2 * 4 / 7, AveragePrecision.allPoint(hits, 5), 1e-15);
        assertEquals(0.649351, AveragePrecision.elevenPoint(hits, 5), 5e-7);
        assertEquals(0.614286, AveragePrecision.allPoint(hits, 5), 5e-7);
    }

    @Test
    void extremes() {
        assertEquals(1, AveragePrecision.elevenPoint(hits(1, 1, 1, 0, 0), 3));
        assertEquals(1, AveragePrecision.allPoint(hits(1, 1, 1, 0, 0), 3));
        assertEquals(0, AveragePrecision.elevenPoint(hits(0, 0), 3));
        assertEquals(0, AveragePrecision.allPoint(hits(), 3));
        assertEquals(4.0 / 11, AveragePrecision.elevenPoint(hits(1, 1, 1), 10), 1e-15, "recall 0.3 is reached, not missed by rounding");
    }

    @Test
    void errors() {
        assertThrows(IllegalArgumentException.class, () -> AveragePrecision.allPoint(hits(), 0));
        Exception many = assertThrows(IllegalArgumentException.class, () -> AveragePrecision.elevenPoint(hits(1, 1), 1));
        assertEquals("average precision: 2 hits of 1 truths, needs at least one truth and no more hits than truths.", many.getMessage());
    }

    private static boolean[] unpack(List<Boolean> list) {
        boolean[] hits = new boolean[list.size()];
        for (int i = 0; i < hits.length; i++) {
            hits[i] = list.get(i);
        }
        return hits;
    }

    /** Against the definition on the plane: the envelope is integrated as a step function of recall. */
    @Property(tries = 300, seed = "31")
    void allPointIsTheAreaUnderTheEnvelope(@ForAll @Size(max = 40) List<Boolean> list, @ForAll @IntRange(min = 1, max = 20) int more) {
        boolean[] hits = unpack(list);
        int found = (int) list.stream().filter(h -> h).count();
        int truths = found + more - 1 == 0 ? 1 : found + more - 1;
        double area = 0;
        for (int k = 1; k <= found; k++) {
            area += bestFrom(hits, k) / truths;
        }
        assertEquals(area, AveragePrecision.allPoint(hits, truths), 1e-12);
    }

    /** The largest precision where at least so many hits are counted. */
    private static double bestFrom(boolean[] hits, int least) {
        double best = 0;
        int count = 0;
        for (int i = 0; i < hits.length; i++) {
            count += hits[i] ? 1 : 0;
            best = count >= least ? Math.max(best, count / (i + 1.0)) : best;
        }
        return best;
    }

    @Property(tries = 300, seed = "32")
    void boundsAndMonotony(@ForAll @Size(min = 1, max = 40) List<Boolean> list, @ForAll @IntRange(min = 0, max = 39) int place) {
        boolean[] hits = unpack(list);
        int truths = list.size();
        boolean[] better = hits.clone();
        better[place % hits.length] = true;
        boolean[] longer = Arrays.copyOf(hits, hits.length + 3);
        double eleven = AveragePrecision.elevenPoint(hits, truths);
        double all = AveragePrecision.allPoint(hits, truths);
        assertTrue(eleven >= 0 && eleven <= 1 && all >= 0 && all <= 1);
        assertTrue(AveragePrecision.elevenPoint(better, truths) >= eleven);
        assertTrue(AveragePrecision.allPoint(better, truths) >= all);
        assertEquals(eleven, AveragePrecision.elevenPoint(longer, truths), "misses behind the last hit cost nothing");
        assertEquals(all, AveragePrecision.allPoint(longer, truths));
    }
}
