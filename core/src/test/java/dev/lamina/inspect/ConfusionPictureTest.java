package dev.lamina.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConfusionPictureTest {
    @Test
    void cellsAreDarkByTheirShareOfTheRow() {
        // 100 classes: cells of 9 pixels, no names, so that the first cell begins at (42, 42).
        long[][] counts = new long[100][100];
        counts[0][0] = 4;
        counts[1][1] = 1;
        counts[1][2] = 1;
        Tensor picture = ConfusionPicture.of(counts, IntStream.range(0, 100).mapToObj(Integer::toString).toList());
        assertEquals(List.of(8L, 48L, 107L), colour(picture, 42 + 4, 42 + 4), "all of the row");
        assertEquals(List.of(132L, 152L, 181L), colour(picture, 42 + 9 + 4, 42 + 9 + 4), "half of the row");
        assertEquals(List.of(132L, 152L, 181L), colour(picture, 42 + 9 + 4, 42 + 18 + 4), "half of the row");
        assertEquals(List.of(255L, 255L, 255L), colour(picture, 42 + 4, 42 + 9 + 4), "nothing");
        assertEquals(List.of(255L, 255L, 255L), colour(picture, 42 + 99 * 9 + 4, 42 + 99 * 9 + 4), "a class without samples");
    }

    @Test
    void fewClassesHaveNamesAndCounts() {
        Tensor without = ConfusionPicture.of(new long[2][2], List.of("cat", "dog"));
        Tensor with = ConfusionPicture.of(new long[][] {{1, 0}, {0, 0}}, List.of("cat", "dog"));
        assertEquals(without.shape(), with.shape());
        assertTrue(with.shape().dim(1) > 2 * 52 && with.shape().dim(2) >= 360, with.shape().toString());
    }

    @Test
    void wrongSizesAreExplained() {
        assertEquals("confusion: 2 rows, 1 names, needs equally many, 1 to 2048.",
                assertThrows(IllegalArgumentException.class, () -> ConfusionPicture.of(new long[2][2], List.of("a"))).getMessage());
    }

    private static List<Long> colour(Tensor picture, long y, long x) {
        return List.of(picture.getLong(0, y, x), picture.getLong(1, y, x), picture.getLong(2, y, x));
    }
}
