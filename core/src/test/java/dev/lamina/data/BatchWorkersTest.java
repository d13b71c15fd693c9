package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.augment.Augmentation;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads change when samples are read, never what is in a batch; and what mixing does. */
@Timeout(120)
class BatchWorkersTest {
    private static final Dataset DIGITS = Digits.split(5, 70, 1).train();

    private static BatchLoader loader(String augment, int batchSize, int workers, int prefetch) {
        Augmentation augmentation = Augmentation.parse(augment);
        return new BatchLoader(DIGITS, BatchOptions.of(batchSize).shuffled(9).withWorkers(workers).withPrefetch(prefetch),
                augmentation.reader(DIGITS), augmentation.mixing());
    }

    private static List<Integer> hashes(BatchLoader loader, int epoch, int firstBatch) {
        List<Integer> hashes = new ArrayList<>();
        try (BatchEpoch batches = loader.epoch(epoch, firstBatch)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                hashes.add(List.of(batch.index(), batch.size(), Arrays.hashCode(batch.images().toLongs()),
                        Arrays.hashCode(batch.labels().toLongs()), batch.mix().map(m -> Arrays.hashCode(m.labels().toLongs())).orElse(0),
                        batch.mix().map(m -> Arrays.hashCode(m.shares().toFloats())).orElse(0)).hashCode());
            }
        }
        return hashes;
    }

    @Test
    void anyNumberOfThreadsMakesTheSameBatchesAndAnyBatchCanBeResumed() {
        for (String augment : List.of("crop:4+flip+jitter:0.4,0.4+cutout:8+mixup:0.2", "rrc+flip+cutmix:1", "none")) {
            List<Integer> expected = hashes(loader(augment, 16, 1, 0), 3, 0);
            assertEquals(5, expected.size());
            for (int workers : new int[] {1, 2, 7, 64}) {
                assertEquals(expected, hashes(loader(augment, 16, workers, 2), 3, 0), augment + " " + workers);
            }
            assertEquals(expected.subList(2, 5), hashes(loader(augment, 16, 3, 1), 3, 2));
            if (!augment.equals("none")) {
                assertNotEquals(expected, hashes(loader(augment, 16, 2, 2), 4, 0));
            }
        }
    }

    @Test
    void ofSeveralFailuresInABatchTheFirstRowsIsTold() {
        CountingDataset failing = new CountingDataset(100) {
            @Override
            public void read(int index, Tensor into) {
                if (index == 41 || index == 43 || index == 49) {
                    throw new IllegalArgumentException("no " + index);
                }
                super.read(index, into);
            }
        };
        for (int workers : new int[] {1, 2, 8}) {
            try (BatchEpoch batches = new BatchLoader(failing, BatchOptions.of(20).withWorkers(workers)).epoch(0)) {
                batches.next();
                batches.next();
                assertEquals("batchLoader \"counting\" epoch 0: reading sample 41 for batch 2 failed: no 41",
                        assertThrows(IllegalStateException.class, batches::next).getMessage());
                assertFalse(batches.hasNext());
            }
        }
        assertEquals("batchLoader: workers = 0, needs 1 <= workers <= 256.",
                assertThrows(IllegalArgumentException.class, () -> BatchOptions.of(1).withWorkers(0)).getMessage());
    }

    @Test
    void mixupIsTheWeightedMeanWithTheNextSampleOfTheBatch() {
        Optional<Mixing> mixing = Optional.of(new Mixing(Mixing.Kind.MIXUP, 0.4));
        BatchLoader mixed = new BatchLoader(new CountingDataset(200), BatchOptions.of(3).shuffled(4), SampleReader.PLAIN, mixing);
        int[] order = mixed.order(0);
        try (BatchEpoch batches = mixed.epoch(0)) {
            while (batches.hasNext()) {
                Batch batch = batches.next();
                for (int row = 0; row < batch.size(); row++) {
                    int own = order[batch.index() * 3 + row];
                    int other = order[batch.index() * 3 + (row + 1) % batch.size()];
                    double share = batch.mix().orElseThrow().shares().get(row);
                    assertTrue(share >= 0.5 && share <= 1, share + "");
                    assertEquals(own % 10, batch.labels().getLong(row));
                    assertEquals(other % 10, batch.mix().orElseThrow().labels().getLong(row));
                    assertEquals(share * own + (1 - share) * other, batch.images().getLong(row, 0, 0, 0), 0.5001);
                }
                Batch trimmed = batch.trimmed();
                assertEquals(batch.size(), trimmed.mix().orElseThrow().labels().elements());
            }
        }
    }

    @Test
    void theShareOfCutMixIsThePartOfThePixelsThatAreLeft() {
        byte[] pixels = new byte[2 * 3 * 64];
        Arrays.fill(pixels, 3 * 64, pixels.length, (byte) 200);
        Dataset data = new InMemoryDataset("two", Tensor.ofBytes(pixels, 2, 3, 8, 8), Tensor.of(new int[] {0, 1}, 2), List.of("a", "b"));
        BatchLoader loader = new BatchLoader(data, BatchOptions.of(2), SampleReader.PLAIN, Optional.of(new Mixing(Mixing.Kind.CUTMIX, 1)));
        boolean changed = false;
        for (int epoch = 0; epoch < 50; epoch++) {
            try (BatchEpoch batches = loader.epoch(epoch)) {
                Batch batch = batches.next();
                for (int row = 0; row < 2; row++) {
                    long own = row == 0 ? 0 : 200;
                    long left = Arrays.stream(batch.images().select(0, row).contiguous().toLongs()).filter(v -> v == own).count();
                    assertEquals(left / 192.0, batch.mix().orElseThrow().shares().get(row), 1e-7);
                    changed |= left < 192;
                }
            }
        }
        assertTrue(changed);
    }

    /** Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)); three standard errors of 20,000 draws, that of a variance at most. */
    @Test
    void sharesAreBetaDistributed() {
        for (double alpha : new double[] {0.05, 0.2, 1, 4}) {
            Mixing mixing = new Mixing(Mixing.Kind.MIXUP, alpha);
            Philox.Stream random = new Philox.Stream(11, 0, 0);
            int n = 20_000;
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < n; i++) {
                double share = mixing.share(random);
                assertTrue(share >= 0 && share <= 1);
                sum += share - 0.5;
                squares += (share - 0.5) * (share - 0.5);
            }
            double variance = 1 / (4 * (2 * alpha + 1));
            assertEquals(0, sum / n, 3 * Math.sqrt(variance / n), "alpha " + alpha);
            assertEquals(variance, squares / n, 3 * Math.sqrt(variance * (0.25 - variance) / n), "alpha " + alpha);
        }
        assertArrayEquals(new double[] {0.001, 100}, new double[] {new Mixing(Mixing.Kind.CUTMIX, 0.001).alpha(), 100});
        assertEquals("mixing: alpha = 0.0, needs 0 < alpha <= 100.",
                assertThrows(IllegalArgumentException.class, () -> new Mixing(Mixing.Kind.MIXUP, 0)).getMessage());
    }
}
