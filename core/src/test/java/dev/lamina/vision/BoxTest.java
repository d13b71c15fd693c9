package dev.lamina.vision;

import static dev.lamina.vision.Box.Extent.CONTINUOUS;
import static dev.lamina.vision.Box.Extent.INCLUSIVE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class BoxTest {
    private static final Box A = new Box(0, 0, 9, 9);
    private static final Box B = new Box(5, 5, 14, 14);

    /** The specification's constants. */
    @Test
    void iouInBothConventions() {
        assertEquals(1.0 / 7, A.iou(B, INCLUSIVE), 1e-15);
        assertEquals(16.0 / 146, A.iou(B, CONTINUOUS), 1e-15);
        assertEquals(25, A.intersection(B, INCLUSIVE));
        assertEquals(100, A.area(INCLUSIVE));
        assertEquals(81, A.area(CONTINUOUS));
    }

    @Test
    void touchingBoxes() {
        Box right = new Box(9, 0, 12, 9);
        assertEquals(10, A.intersection(right, INCLUSIVE), "one column of pixels");
        assertEquals(0, A.intersection(right, CONTINUOUS), "one line");
        assertEquals(0, A.intersection(new Box(10, 0, 12, 9), INCLUSIVE), "neighbours");
    }

    @Test
    void coverIsOfThisBox() {
        Box small = new Box(0, 0, 4, 4);
        assertEquals(1, small.covered(A, INCLUSIVE));
        assertEquals(0.25, A.covered(small, INCLUSIVE));
        assertEquals(16.0 / 81, A.covered(small, CONTINUOUS));
    }

    @Test
    void boxesWithoutAreaOverlapNothing() {
        Box line = new Box(3, 3, 3, 8);
        assertEquals(0, line.iou(line, CONTINUOUS));
        assertEquals(0, line.covered(A, CONTINUOUS));
        assertEquals(1, line.iou(line, INCLUSIVE));
    }

    @Test
    void clipping() {
        Box over = new Box(-3, 2, 25, 30);
        assertEquals(Optional.of(new Box(0, 2, 19, 9)), over.clip(20, 10, INCLUSIVE));
        assertEquals(Optional.of(new Box(0, 2, 20, 10)), over.clip(20, 10, CONTINUOUS));
        assertEquals(Optional.of(A), A.clip(10, 10, INCLUSIVE));
        assertEquals(Optional.empty(), new Box(20, 0, 25, 5).clip(20, 10, INCLUSIVE));
        assertEquals(Optional.empty(), new Box(20, 0, 25, 5).clip(20, 10, CONTINUOUS), "touches");
        assertEquals(Optional.of(new Box(19, 9, 19, 9)), new Box(19, 9, 25, 15).clip(20, 10, INCLUSIVE), "the last pixel");
        assertEquals(Optional.empty(), new Box(-9, -9, -1, -1).clip(20, 10, INCLUSIVE));
    }

    @Test
    void errorsNameTheCorners() {
        Exception turned = assertThrows(IllegalArgumentException.class, () -> new Box(5, 0, 4, 9));
        assertEquals("box: corners (5.0, 0.0) and (4.0, 9.0), needs finite numbers with x1 <= x2 and y1 <= y2.", turned.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Box(0, Double.NaN, 4, 9));
        assertThrows(IllegalArgumentException.class, () -> new Box(0, 0, Double.POSITIVE_INFINITY, 9));
        assertThrows(IllegalArgumentException.class, () -> A.clip(0, 5, INCLUSIVE));
        assertThrows(IllegalArgumentException.class, () -> new Box(1, 1, 1.5, 9).toInclusive());
    }

    @Provide
    Arbitrary<Box> boxes() {
        Arbitrary<Integer> at = Arbitraries.integers().between(-20, 20);
        Arbitrary<Integer> extent = Arbitraries.integers().between(0, 15);
        return Combinators.combine(at, at, extent, extent).as((x, y, w, h) -> new Box(x, y, x + w, y + h));
    }

    /** Counting pixels is the meaning of inclusive corners. */
    @Property(tries = 300, seed = "12")
    void intersectionCountsPixels(@ForAll("boxes") Box a, @ForAll("boxes") Box b) {
        int both = 0;
        for (int y = -20; y < 36; y++) {
            for (int x = -20; x < 36; x++) {
                both += holds(a, x, y) && holds(b, x, y) ? 1 : 0;
            }
        }
        assertEquals(both, a.intersection(b, INCLUSIVE));
    }

    private static boolean holds(Box box, int x, int y) {
        return box.x1() <= x && x <= box.x2() && box.y1() <= y && y <= box.y2();
    }

    @Property(tries = 500, seed = "13")
    void iouIsASymmetricShare(@ForAll("boxes") Box a, @ForAll("boxes") Box b, @ForAll Box.Extent extent) {
        double iou = a.iou(b, extent);
        assertEquals(iou, b.iou(a, extent));
        assertTrue(iou >= 0 && iou <= 1);
        assertTrue(iou <= a.covered(b, extent) && iou <= b.covered(a, extent));
        assertEquals(iou, a.shift(7, -3).iou(b.shift(7, -3), extent), 1e-15);
        assertEquals(a.iou(b, INCLUSIVE), a.toContinuous().iou(b.toContinuous(), CONTINUOUS), 1e-15);
        assertEquals(a, a.toContinuous().toInclusive());
    }

    @Property(tries = 300, seed = "14")
    void clippingKeepsWhatTheImageHolds(@ForAll("boxes") Box box, @ForAll Box.Extent extent) {
        Box image = extent == INCLUSIVE ? new Box(0, 0, 11, 7) : new Box(0, 0, 12, 8);
        Optional<Box> inside = box.clip(12, 8, extent);
        assertEquals(box.intersection(image, extent), inside.map(b -> b.area(extent)).orElse(0.0));
        inside.ifPresent(b -> assertEquals(inside, b.clip(12, 8, extent)));
    }
}
