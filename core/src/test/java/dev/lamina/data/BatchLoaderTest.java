package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BatchLoaderTest {
    private static List<String> contents(BatchLoader loader, int epoch, int firstBatch) {
        List<String> rows = new ArrayList<>();
        try (BatchEpoch batches = loader.epoch(epoch, firstBatch)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                rows.add(batch.index() + " " + batch.size() + " " + Arrays.toString(batch.images().toLongs())
                        + Arrays.toString(batch.labels().toLongs()));
            }
        }
        return rows;
    }

    @Test
    void withoutShufflingSamplesComeByIndexAndTheLastBatchIsPadded() {
        BatchLoader loader = new BatchLoader(new CountingDataset(5), BatchOptions.of(3));
        assertEquals(2, loader.batches());
        assertEquals(5, loader.samples());
        assertEquals(List.of("0 3 [0, 1, 1, 2, 2, 3][0, 1, 2]", "1 2 [3, 4, 4, 5, 0, 0][3, 4, -100]"), contents(loader, 0, 0));
    }

    @Test
    void aTrimmedBatchHasNoPadding() {
        BatchLoader loader = new BatchLoader(new CountingDataset(5), BatchOptions.of(3));
        try (BatchEpoch batches = loader.epoch(0, 1)) {
            Batch trimmed = batches.next().trimmed();
            assertEquals(Shape.of(2, 1, 1, 2), trimmed.images().shape());
            assertArrayEquals(new long[] {3, 4}, trimmed.labels().toLongs());
            assertSame(trimmed, trimmed.trimmed());
        }
    }

    @Test
    void dropLastLeavesTheSmallerBatchOut() {
        BatchLoader loader = new BatchLoader(new CountingDataset(5), BatchOptions.of(3).withDropLast(true));
        assertEquals(1, loader.batches());
        assertEquals(3, loader.samples());
        assertEquals(1, contents(loader, 0, 0).size());
    }

    @Test
    void theOrderIsAFixedPermutationOfSeedAndEpoch() {
        BatchLoader loader = new BatchLoader(new CountingDataset(10), BatchOptions.of(4).shuffled(7));
        assertEquals("[2, 0, 5, 8, 6, 7, 1, 4, 3, 9]", Arrays.toString(loader.order(0)));
        assertEquals("[1, 9, 8, 6, 4, 2, 5, 3, 0, 7]", Arrays.toString(loader.order(1)));
        BatchLoader other = new BatchLoader(new CountingDataset(10), BatchOptions.of(4).shuffled(8));
        assertNotEquals(Arrays.toString(loader.order(0)), Arrays.toString(other.order(0)));
        assertArrayEquals(loader.order(1), new BatchLoader(new CountingDataset(10), BatchOptions.of(3).shuffled(7)).order(1));
    }

    @Test
    void anEpochHoldsEverySampleOnce() {
        Set<Integer> seen = new HashSet<>();
        for (int index : new BatchLoader(new CountingDataset(1000), BatchOptions.of(64).shuffled(-3)).order(12)) {
            assertTrue(seen.add(index));
        }
        assertEquals(1000, seen.size());
    }

    @Test
    void prefetchingDoesNotChangeTheBatches() {
        List<String> expected = contents(new BatchLoader(new CountingDataset(103), BatchOptions.of(8).shuffled(1).withPrefetch(0)), 3, 0);
        for (int prefetch : new int[] {1, 2, 5, 64}) {
            BatchOptions options = BatchOptions.of(8).shuffled(1).withPrefetch(prefetch);
            assertEquals(expected, contents(new BatchLoader(new CountingDataset(103), options), 3, 0));
        }
    }

    @Test
    void resumingAtAnyBatchGivesExactlyTheRest() {
        SampleTransform noise = (sample, random) -> sample.set(random.nextInt(256), 0, 0, 0);
        BatchLoader loader = new BatchLoader(new CountingDataset(50), BatchOptions.of(8).shuffled(2), noise);
        List<String> whole = contents(loader, 4, 0);
        for (int first = 0; first <= loader.batches(); first++) {
            assertEquals(whole.subList(first, whole.size()), contents(loader, 4, first));
        }
    }

    @Test
    void augmentationDependsOnSeedEpochAndSampleAlone() {
        SampleTransform noise = (sample, random) -> sample.set(random.nextInt(256), 0, 0, 1);
        List<List<Long>> runs = new ArrayList<>();
        for (BatchOptions options : List.of(BatchOptions.of(50).withSeed(5), BatchOptions.of(7).shuffled(5).withPrefetch(0))) {
            BatchLoader loader = new BatchLoader(new CountingDataset(50), options, noise);
            for (int epoch = 0; epoch < 2; epoch++) {
                Long[] bySample = new Long[50];
                try (BatchEpoch batches = loader.epoch(epoch)) {
                    while (batches.hasNext()) {
                        Tensor images = batches.next().trimmed().images();
                        for (int row = 0; row < images.shape().dim(0); row++) {
                            bySample[(int) images.getLong(row, 0, 0, 0)] = images.getLong(row, 0, 0, 1);
                        }
                    }
                }
                runs.add(Arrays.asList(bySample));
            }
        }
        assertEquals(runs.get(0), runs.get(2));
        assertEquals(runs.get(1), runs.get(3));
        assertNotEquals(runs.get(0), runs.get(1));
        assertTrue(new HashSet<>(runs.get(0)).size() > 25);
    }

    @Test
    void badOptionsAreRefusedByName() {
        assertMessage("batchLoader: batchSize = 0, needs >= 1.", () -> BatchOptions.of(0));
        assertMessage("batchLoader: prefetch = 65, needs 0 <= prefetch <= 64.", () -> BatchOptions.of(1).withPrefetch(65));
        assertMessage("batchLoader \"counting\": the data set has no samples, needs at least 1.",
                () -> new BatchLoader(new CountingDataset(0), BatchOptions.of(4)));
        assertMessage("batchLoader \"counting\": 3 samples, batchSize = 4, and dropLast leaves no batch. Use a smaller batch or keep the "
                + "last one.", () -> new BatchLoader(new CountingDataset(3), BatchOptions.of(4).withDropLast(true)));
        BatchLoader loader = new BatchLoader(new CountingDataset(3), BatchOptions.of(2));
        assertMessage("batchLoader \"counting\": firstBatch = 3, an epoch has batches 0..1.", () -> loader.epoch(0, 3));
        assertMessage("batchLoader \"counting\": epoch = -1, needs >= 0.", () -> loader.epoch(-1));
    }

    private static void assertMessage(String message, Runnable action) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
