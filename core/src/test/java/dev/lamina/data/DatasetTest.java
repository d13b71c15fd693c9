package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DatasetTest {
    private static final List<String> CLASSES = List.of("a", "b");
    private static final Tensor IMAGES = Tensor.ofBytes(new byte[] {0, (byte) 255, 10, 20, 0, (byte) 255}, 3, 2, 1, 1);

    private static Dataset three() {
        return new InMemoryDataset("three", IMAGES, Tensor.of(new int[] {0, 1, 0}), CLASSES);
    }

    @Test
    void samplesAndLabelsComeByIndex() {
        Dataset data = three();
        assertEquals(3, data.size());
        assertEquals(Shape.of(2, 1, 1), data.sampleShape());
        assertEquals(DType.UINT8, data.sampleType());
        assertArrayEquals(new byte[] {10, 20}, DigitsTest.sample(data, 1));
        assertEquals(1, data.label(1));
    }

    @Test
    void aSampleCanBeReadIntoAViewOfABatch() {
        Tensor batch = Tensor.zeros(DType.UINT8, Shape.of(2, 2, 1, 1));
        three().read(1, batch.select(0, 1));
        assertArrayEquals(new long[] {0, 0, 10, 20}, batch.toLongs());
    }

    @Test
    void subsetsKeepOrderAndRepetition() {
        Dataset subset = three().subset(2, 1, 1);
        assertEquals(3, subset.size());
        assertArrayEquals(new byte[] {0, (byte) 255}, DigitsTest.sample(subset, 0));
        assertEquals(1, subset.label(2));
        assertEquals("three", subset.name());
        assertEquals(CLASSES, subset.classNames());
    }

    @Test
    void firstTakesAtMostWhatIsThere() {
        Dataset data = three();
        assertEquals(2, data.first(2).size());
        assertSame(data, data.first(3));
        assertSame(data, data.first(4));
    }

    @Test
    void statisticsAreByChannelAndOfPixelsOver255() {
        ChannelStatistics statistics = ChannelStatistics.of(three());
        assertEquals(10 / 3.0 / 255, statistics.mean().get(0), 1e-15);
        assertEquals((255 + 20 + 255) / 3.0 / 255, statistics.mean().get(1), 1e-15);
        assertEquals(Math.sqrt(100 / 3.0 - 100 / 9.0) / 255, statistics.std().get(0), 1e-15);
    }

    @Test
    void badTensorsIndicesAndLabelsAreRefusedByName() {
        Tensor labels = Tensor.of(new int[] {0, 1, 0});
        assertMessage("data \"d\": images are int32 [3], needs uint8 [N, C, H, W].",
                () -> new InMemoryDataset("d", labels, labels, CLASSES));
        assertMessage("data \"d\": labels are uint8 [3, 2, 1, 1], needs int32 [N].",
                () -> new InMemoryDataset("d", IMAGES, IMAGES, CLASSES));
        assertMessage("data \"d\": 3 images, 2 labels (must be equal). Do both files belong together?",
                () -> new InMemoryDataset("d", IMAGES, Tensor.of(new int[] {0, 1}), CLASSES));
        assertMessage("data \"d\": label 2 at index 1, classes are 0..1. Are labels 1-based?",
                () -> new InMemoryDataset("d", IMAGES, Tensor.of(new int[] {0, 2, 1}), CLASSES));
        assertMessage("data \"three\": subset index 3 at position 1, samples are 0..2.", () -> three().subset(0, 3));
        assertMessage("data \"three\": first 0 samples, needs a count >= 1.", () -> three().first(0));
        assertMessage("data \"three\": cannot read a sample into float32 [2, 1, 1], needs row-major uint8 [2, 1, 1].",
                () -> three().read(0, Tensor.zeros(DType.FLOAT32, Shape.of(2, 1, 1))));
        assertEquals("data \"three\": sample 3, samples are 0..2.",
                assertThrows(IndexOutOfBoundsException.class, () -> three().label(3)).getMessage());
        assertMessage("data \"three\": channel statistics of 0 uint8 samples, needs at least one, uint8.",
                () -> ChannelStatistics.of(three().subset()));
    }

    @Test
    void aSplitOfUnlikePartsIsRefused() {
        Dataset other = new InMemoryDataset("other", IMAGES.reshape(3, 1, 2, 1), Tensor.of(new int[] {0, 1, 0}), CLASSES);
        assertMessage("data \"three\": training samples have shape [2, 1, 1], test samples [1, 2, 1] (must be equal).",
                () -> new Split(three(), other));
        Dataset renamed = new InMemoryDataset("other", IMAGES, Tensor.of(new int[] {0, 1, 0}), List.of("x", "y"));
        assertMessage("data \"three\": training and test samples differ in their classes, [a, b] and [x, y].",
                () -> new Split(three(), renamed));
    }

    private static void assertMessage(String message, Executable action) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
