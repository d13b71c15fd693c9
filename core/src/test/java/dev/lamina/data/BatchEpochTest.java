package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.Tensor;
import java.time.Duration;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BatchEpochTest {
    @Test
    void readingAheadIsBoundedAndBuffersAreReused() throws Exception {
        CountingDataset data = new CountingDataset(1000);
        try (BatchEpoch batches = new BatchLoader(data, BatchOptions.of(10).withPrefetch(2)).epoch(0)) {
            Set<Tensor> buffers = new HashSet<>();
            for (int batch = 0; batch < 20; batch++) {
                buffers.add(batches.next().images());
            }
            Thread.sleep(50);
            assertTrue(data.reads.get() <= 220, data.reads + " samples read for 20 batches of 10 and 2 ahead");
            assertEquals(3, buffers.size());
        }
    }

    @Test
    void aHeldBatchIsNotOverwrittenBeforeTheNextCall() throws Exception {
        try (BatchEpoch batches = new BatchLoader(new CountingDataset(100), BatchOptions.of(5).withPrefetch(3)).epoch(0)) {
            batches.next();
            Batch held = batches.next();
            Thread.sleep(30);
            assertArrayEquals(new long[] {5, 6, 7, 8, 9}, held.labels().toLongs());
        }
    }

    private static final class Failing extends CountingDataset {
        Failing() {
            super(100);
        }

        @Override
        public void read(int index, Tensor into) {
            if (index == 33) {
                throw new IllegalArgumentException("disk on fire");
            }
            super.read(index, into);
        }
    }

    @Test
    void aReaderErrorReachesTheConsumerAfterTheBatchesBeforeIt() {
        for (int prefetch : new int[] {0, 2}) {
            try (BatchEpoch batches = new BatchLoader(new Failing(), BatchOptions.of(10).withPrefetch(prefetch)).epoch(1)) {
                for (int batch = 0; batch < 3; batch++) {
                    assertEquals(batch, batches.next().index());
                }
                IllegalStateException error = assertThrows(IllegalStateException.class, batches::next);
                assertEquals("batchLoader \"counting\" epoch 1: reading sample 33 for batch 3 failed: disk on fire", error.getMessage());
                assertEquals("disk on fire", error.getCause().getMessage());
                assertFalse(batches.hasNext());
            }
        }
    }

    private static boolean readerAlive(String name) {
        return Thread.getAllStackTraces().keySet().stream().anyMatch(thread -> thread.getName().equals(name));
    }

    @Test
    void closeStopsTheReaderAndNextIsRefused() {
        BatchEpoch batches = new BatchLoader(new CountingDataset(1000), BatchOptions.of(1)).epoch(77);
        batches.next();
        assertTrue(readerAlive("lamina-data-counting-epoch-77"));
        batches.close();
        batches.close();
        assertFalse(readerAlive("lamina-data-counting-epoch-77"));
        assertFalse(batches.hasNext());
        assertEquals("batchLoader \"counting\" epoch 77: next after close.",
                assertThrows(NoSuchElementException.class, batches::next).getMessage());
    }

    /** Blocks in the first read until interrupted. */
    private static final class Blocking extends CountingDataset {
        final CountDownLatch entered = new CountDownLatch(1);

        Blocking() {
            super(10);
        }

        @Override
        public void read(int index, Tensor into) {
            entered.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted");
            }
        }
    }

    @Test
    void closingFromAnotherThreadWakesTheConsumer() throws Exception {
        Blocking data = new Blocking();
        BatchEpoch batches = new BatchLoader(data, BatchOptions.of(2)).epoch(0);
        data.entered.await();
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            batches.close();
        });
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertThrows(RuntimeException.class, batches::next));
        closer.join();
    }

    @Test
    void anInterruptWhileWaitingCancelsAndKeepsTheFlag() {
        Blocking data = new Blocking();
        try (BatchEpoch batches = new BatchLoader(data, BatchOptions.of(2)).epoch(0)) {
            Thread.currentThread().interrupt();
            assertThrows(CancellationException.class, batches::next);
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void waitingTimeIsMeasured() {
        Thread consumer = Thread.currentThread();
        CountingDataset slow = new CountingDataset(4) {
            @Override
            public void read(int index, Tensor into) {
                try {
                    while (index == 0 && consumer.getState() != Thread.State.WAITING) {
                        Thread.sleep(1);
                    }
                    Thread.sleep(10);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        BatchLoader loader = new BatchLoader(slow, BatchOptions.of(2));
        try (BatchEpoch batches = loader.epoch(0)) {
            batches.next();
            batches.next();
            assertTrue(batches.nanosWaited() > 20_000_000, batches.nanosWaited() + " ns");
            assertEquals(batches.nanosWaited(), loader.nanosWaited());
        }
    }
}
