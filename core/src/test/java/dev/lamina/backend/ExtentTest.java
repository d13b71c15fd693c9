package dev.lamina.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of an arena. */
class ExtentTest {
    @Test
    void withoutPartsAllIsLeft() {
        assertEquals(List.of(new Extent(0, 10)), Extent.outside(10, List.of()));
        assertEquals(List.of(), Extent.outside(0, List.of()));
    }

    @Test
    void partsInAnyOrderAreLeftOut() {
        assertEquals(List.of(new Extent(0, 2), new Extent(3, 4), new Extent(9, 1)),
                Extent.outside(10, List.of(new Extent(7, 2), new Extent(2, 1))));
    }

    @Test
    void partsThatTouchOrOverlapLeaveNothingBetweenThem() {
        assertEquals(List.of(new Extent(8, 2)), Extent.outside(10, List.of(new Extent(0, 4), new Extent(4, 4), new Extent(1, 2))));
    }

    @Test
    void emptyPartsDoNotDivide() {
        assertEquals(List.of(new Extent(0, 10)), Extent.outside(10, List.of(new Extent(5, 0), new Extent(0, 0), new Extent(10, 0))));
    }

    @Test
    void aPartUpToTheEndLeavesNothingBehind() {
        assertEquals(List.of(new Extent(0, 6)), Extent.outside(10, List.of(new Extent(6, 4))));
    }
}
