package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class DigitsTest {
    static byte[] sample(Dataset data, int index) {
        Tensor sample = Tensor.zeros(DType.UINT8, data.sampleShape());
        data.read(index, sample);
        return sample.memory().toArray(ValueLayout.JAVA_BYTE);
    }

    private static String digest(Dataset data) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int index = 0; index < data.size(); index++) {
            digest.update(sample(data, index));
            digest.update((byte) data.label(index));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void theBytesOfASeedNeverChange() throws Exception {
        Split split = Digits.split(42, 500, 200);
        assertEquals("8ac218b482d869376eb264e3bee19b94925dc3f4de5c67db37194ed4dd1a2e3e", digest(split.train()));
        assertEquals("8b1b829c47287ebcd64fa791de2e5d54afd4a4b248309848af19d190dae599f1", digest(split.test()));
    }

    @Test
    void theNumberOfThreadsDoesNotMatter() throws Exception {
        String expected = digest(Digits.split(3, 450, 0).train());
        for (int threads : new int[] {1, 3}) {
            try (ForkJoinPool pool = new ForkJoinPool(threads)) {
                assertEquals(expected, pool.submit(() -> digest(Digits.split(3, 450, 0).train())).get());
            }
        }
    }

    @Test
    void aLongerSplitBeginsWithTheShorterOne() {
        Dataset shorter = Digits.split(5, 37, 0).train();
        Dataset longer = Digits.split(5, 214, 0).train();
        for (int index = 0; index < shorter.size(); index++) {
            assertArrayEquals(sample(shorter, index), sample(longer, index));
            assertEquals(shorter.label(index), longer.label(index));
        }
    }

    @Test
    void seedsAndPartsGiveDifferentDigitsAndNoneRepeats() {
        Set<String> seen = new HashSet<>();
        for (long seed : new long[] {0, 1, -1, 1L << 32}) {
            Split split = Digits.split(seed, 200, 200);
            for (int index = 0; index < 200; index++) {
                assertTrue(seen.add(Arrays.toString(sample(split.train(), index))));
                assertTrue(seen.add(Arrays.toString(sample(split.test(), index))));
            }
        }
    }

    @Test
    void everyTenSamplesHoldEachDigitOnceInVaryingOrder() {
        Dataset data = Digits.split(1, 300, 0).train();
        Set<String> orders = new HashSet<>();
        for (int block = 0; block < 30; block++) {
            StringBuilder order = new StringBuilder();
            Set<Integer> labels = new HashSet<>();
            for (int index = 10 * block; index < 10 * block + 10; index++) {
                labels.add(data.label(index));
                order.append(data.label(index));
            }
            assertEquals(10, labels.size());
            orders.add(order.toString());
        }
        assertEquals(30, orders.size());
    }

    @Test
    void imagesAreInkOnAnEmptyBackgroundWithinTheFrame() {
        Dataset data = Digits.split(9, 1000, 0).train();
        assertEquals(Shape.of(1, 28, 28), data.sampleShape());
        int touching = 0;
        for (int index = 0; index < data.size(); index++) {
            byte[] pixels = sample(data, index);
            int ink = 0;
            int brightest = 0;
            boolean touches = false;
            for (int i = 0; i < pixels.length; i++) {
                int value = pixels[i] & 0xff;
                ink += value > 0 ? 1 : 0;
                brightest = Math.max(brightest, value);
                boolean rim = i < 28 || i >= 27 * 28 || i % 28 == 0 || i % 28 == 27;
                touches |= rim && value > 128;
            }
            assertTrue(ink >= 20 && ink < 400, "ink on " + ink + " pixels in sample " + index);
            assertTrue(brightest >= 180, "brightest pixel is " + brightest + " in sample " + index);
            touching += touches ? 1 : 0;
        }
        assertTrue(touching < 20, touching + " of 1000 digits touch the rim");
    }

    @Test
    void theDefaultSplitHasTheDocumentedSizesAndStatisticsLikeMnist() {
        Split split = Digits.split(0);
        assertEquals(6_000, split.train().size());
        assertEquals(1_000, split.test().size());
        ChannelStatistics statistics = ChannelStatistics.of(split.train());
        assertEquals(0.115, statistics.mean().getFirst(), 0.01);
        assertEquals(0.267, statistics.std().getFirst(), 0.01);
    }

    @Test
    void differentVariantsOfADigitOccur() {
        for (int digit = 0; digit < 10; digit++) {
            assertTrue(DigitStrokes.variants(digit) >= 3);
            assertFalse(Arrays.deepEquals(DigitStrokes.strokes(digit, 0), DigitStrokes.strokes(digit, 1)));
        }
    }

    @Test
    void aNegativeCountIsRefused() {
        assertEquals("digits: test count = -1, needs 0 <= count <= 2000000.",
                assertThrows(IllegalArgumentException.class, () -> Digits.split(0, 10, -1)).getMessage());
    }
}
