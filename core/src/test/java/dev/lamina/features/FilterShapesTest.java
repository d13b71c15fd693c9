package dev.lamina.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterShapesTest {
    private final List<FilterShapes.Filter> all = FilterShapes.all();

    @Test
    void thereAre24OfTheStatedSides() {
        assertEquals(24, all.size());
        int[] sides = all.stream().mapToInt(FilterShapes.Filter::side).toArray();
        assertArrayEquals(new int[] {7, 7, 7, 7, 7, 7, 7, 7, 13, 13, 13, 13, 13, 13, 13, 13, 7, 11, 13, 19, 7, 11, 13, 19}, sides);
        assertEquals(20, all.stream().filter(FilterShapes.Filter::signed).count(), "Gaussians' responses keep their sign");
    }

    @Test
    void absoluteValuesSumToOneAndAllButGaussiansToZero() {
        for (FilterShapes.Filter filter : all) {
            assertEquals(1, Arrays.stream(filter.values()).map(Math::abs).sum(), 1e-12, filter.name());
            assertEquals(filter.signed() ? 0 : 1, Arrays.stream(filter.values()).sum(), 1e-12, filter.name());
        }
    }

    @Test
    void theFirstEdgeIsXTimesTheGaussian() {
        double[] edge = all.getFirst().values();
        double ratio = edge[3 * 7 + 5] / edge[3 * 7 + 4];
        assertEquals(2 * Math.exp(-2 + 0.5), ratio, 1e-12, "x G at x = 2 over x = 1, y = 0");
        assertEquals(0, edge[3], 1e-15, "x = 0");
        double[] quarter = all.get(4).values();
        assertEquals(edge[3 * 7 + 5], quarter[5 * 7 + 3], 1e-12, "a quarter turn swaps x and y");
    }

    @Test
    void theLaplacianIsNegativeInTheMiddle() {
        double[] blob = all.get(16).values();
        assertEquals(-0.0, Math.min(0, blob[24] + Math.abs(Arrays.stream(blob).min().orElseThrow())), 1e-15, "the least is the middle");
    }
}
