package dev.lamina.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.Philox;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SuppressionTest {
    private static final Box LARGE = new Box(0, 0, 19, 19);
    private static final Box SMALL = new Box(0, 0, 9, 9);
    private static final Box FAR = new Box(40, 40, 49, 49);

    /** The small box is a quarter of the large one: IoU 0.25, and all of the small one is covered. */
    @Test
    void theTwoRulesDiffer() {
        List<Box> boxes = List.of(LARGE, SMALL, FAR);
        assertEquals(List.of(0, 1, 2), Suppression.deep().apply(boxes, new double[] {3, 2, 1}));
        assertEquals(List.of(0, 2), Suppression.hog().apply(boxes, new double[] {3, 2, 1}));
        assertEquals(List.of(1, 0, 2), Suppression.hog().apply(boxes, new double[] {2, 3, 1}), "a quarter of the weaker one is covered");
    }

    @Test
    void theLimitItselfStays() {
        Suppression quarter = new Suppression(Suppression.Rule.IOU, 0.25, Box.Extent.INCLUSIVE);
        assertEquals(List.of(0, 1), quarter.apply(List.of(LARGE, SMALL), new double[] {2, 1}));
        Suppression below = new Suppression(Suppression.Rule.IOU, 0.2499, Box.Extent.INCLUSIVE);
        assertEquals(List.of(0), below.apply(List.of(LARGE, SMALL), new double[] {2, 1}));
    }

    @Test
    void ofEqualScoresTheFirstStays() {
        assertEquals(List.of(0, 3), Suppression.deep().apply(List.of(SMALL, SMALL, SMALL, FAR), new double[] {1, 1, 1, 1}));
    }

    /** What a dropped box overlaps is not dropped for that. */
    @Test
    void droppedBoxesSuppressNothing() {
        List<Box> chain = List.of(new Box(0, 0, 9, 9), new Box(4, 0, 13, 9), new Box(8, 0, 17, 9));
        assertEquals(List.of(0, 2), Suppression.deep().apply(chain, new double[] {3, 2, 1}));
    }

    @Test
    void nothingStaysNothing() {
        assertEquals(List.of(), Suppression.deep().apply(List.of(), new double[0]));
    }

    @Test
    void errors() {
        assertThrows(IllegalArgumentException.class, () -> Suppression.deep().apply(List.of(FAR), new double[0]));
        Exception nan = assertThrows(IllegalArgumentException.class,
                () -> Suppression.deep().apply(List.of(FAR), new double[] {Double.NaN}));
        assertEquals("suppression: score of box 0 is NaN, boxes have no order then.", nan.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Suppression(Suppression.Rule.IOU, 1.5, Box.Extent.INCLUSIVE));
        assertThrows(IllegalArgumentException.class, () -> new Suppression(Suppression.Rule.IOU, Double.NaN, Box.Extent.INCLUSIVE));
    }

    /** Kept boxes allow each other; each dropped one overlaps a kept one that stands before it. */
    @Property(tries = 200, seed = "21")
    void keptAndDroppedAreJustified(@ForAll int seed, @ForAll Suppression.Rule rule) {
        Philox.Stream random = new Philox.Stream(seed, 0, 0);
        int n = random.nextInt(30);
        List<Box> boxes = IntStream.range(0, n).mapToObj(_ -> {
            int x = random.nextInt(30);
            int y = random.nextInt(30);
            return new Box(x, y, x + random.nextInt(20), y + random.nextInt(20));
        }).toList();
        double[] scores = IntStream.range(0, n).mapToDouble(_ -> random.nextInt(5)).toArray();
        List<Integer> kept = new Suppression(rule, 0.3, Box.Extent.INCLUSIVE).apply(boxes, scores);
        for (int i = 0; i < n; i++) {
            int at = i;
            boolean suppressed = kept.stream().anyMatch(k -> before(scores, k, at) && overlap(rule, boxes.get(k), boxes.get(at)) > 0.3);
            assertEquals(!suppressed, kept.contains(i), "box " + i);
        }
        for (int k = 1; k < kept.size(); k++) {
            assertTrue(before(scores, kept.get(k - 1), kept.get(k)));
        }
    }

    private static boolean before(double[] scores, int a, int b) {
        return scores[a] > scores[b] || scores[a] == scores[b] && a < b;
    }

    private static double overlap(Suppression.Rule rule, Box strong, Box weak) {
        double both = strong.intersection(weak, Box.Extent.INCLUSIVE);
        double weakArea = weak.area(Box.Extent.INCLUSIVE);
        return both / (rule == Suppression.Rule.WEAKER ? weakArea : strong.area(Box.Extent.INCLUSIVE) + weakArea - both);
    }
}
