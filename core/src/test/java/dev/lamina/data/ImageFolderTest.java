package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    private static final ImageOptions PLAIN = ImageOptions.defaults();

    @TempDir
    private Path dir;

    private static long[] pixels(Dataset data, int index) {
        Tensor sample = Tensor.zeros(DType.UINT8, data.sampleShape());
        data.read(index, sample);
        return sample.toLongs();
    }

    private static String labels(Dataset data) {
        return Arrays.toString(IntStream.range(0, data.size()).map(data::label).toArray());
    }

    @Test
    void partsAndClassesAreReadOffTheFolders() throws IOException {
        Pictures.put(dir, "train/cat/b.png", Pictures.png(1, 1, 0x0000ff));
        Pictures.put(dir, "train/cat/a.png", Pictures.png(1, 1, 0xff0000));
        Pictures.put(dir, "train/ant/deep/er/z.PNG", Pictures.png(1, 1, 0x102030));
        Pictures.put(dir, "test/cat/a.jpg", Pictures.jpeg(1, 1, 0));
        Pictures.put(dir, "test/ant/a.jpg", Pictures.jpeg(1, 1, 0));
        Pictures.put(dir, "train/ant/notes.txt", new byte[1]);
        Pictures.put(dir, "train/.hidden/x.png", new byte[1]);
        Pictures.put(dir, "val/other/x.png", new byte[1]);
        Split split = ImageFolder.open(dir, PLAIN, 1);
        assertEquals(List.of("ant", "cat"), split.train().classNames());
        assertEquals(Shape.of(3, 1, 1), split.train().sampleShape());
        assertEquals("[0, 1, 1]", labels(split.train()), "one of each class, then the next");
        assertArrayEquals(new long[] {0x10, 0x20, 0x30}, pixels(split.train(), 0));
        assertArrayEquals(new long[] {255, 0, 0}, pixels(split.train(), 1));
        assertArrayEquals(new long[] {0, 0, 255}, pixels(split.train(), 2));
        assertEquals("[0, 1]", labels(split.test()));
        assertEquals(dir.getFileName().toString(), split.train().name());
        assertFalse(ImageFolder.holdsOut(dir));
    }

    @Test
    void anArchiveIsReadLikeAFolderBelowFoldersThatHoldOneOther() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (String kind : new String[] {"b", "a"}) {
            for (int i = 0; i < 5; i++) {
                entries.put("pack/all/" + kind + "/" + i + ".png", Pictures.png(2, 1, kind.equals("a") ? i : 0x100 * i));
            }
        }
        entries.put("__MACOSX/pack/x.png", new byte[3]);
        Path zip = Pictures.zip(dir.resolve("set.zip"), entries);
        Split split = ImageFolder.open(zip, PLAIN, 7);
        assertEquals("set", split.train().name());
        assertEquals(List.of("a", "b"), split.train().classNames());
        assertEquals(8, split.train().size());
        assertEquals(1, split.test().label(0) + split.test().label(1), "a fifth of each class");
        assertTrue(ImageFolder.holdsOut(zip));
        assertArrayEquals(pixels(split.test(), 0), pixels(ImageFolder.open(zip, PLAIN, 7).test(), 0));
    }

    @Test
    void theShareHeldOutIsDrawnByTheSeedAndNothingIsLostOrDoubled() {
        CountingDataset data = new CountingDataset(100);
        Split split = HoldOut.of(data, 0.25, 3);
        assertEquals(70, split.train().size(), "2.5 of 10 are rounded up");
        assertEquals(30, split.test().size());
        int[] seen = new int[101];
        for (Dataset part : List.of(split.train(), split.test())) {
            for (int i = 0; i < part.size(); i++) {
                seen[(int) pixels(part, i)[0]]++;
            }
        }
        assertEquals(100, Arrays.stream(seen).filter(n -> n == 1).count());
        assertFalse(Arrays.equals(first(split), first(HoldOut.of(data, 0.25, 4))));
        assertEquals("data \"counting\": a share of 1.0 cannot be held out, needs 0 < share < 1.",
                assertThrows(IllegalArgumentException.class, () -> HoldOut.of(data, 1, 0)).getMessage());
        assertEquals("data \"counting\": class \"0\" has 1 sample, a part to learn from and a part to judge by need 2. Add one, or leave "
                + "the class out.", assertThrows(IllegalArgumentException.class, () -> HoldOut.of(data.first(10), 0.5, 0)).getMessage());
    }

    private static long[] first(Split split) {
        return IntStream.range(0, 20).mapToLong(i -> pixels(split.test(), i)[0]).toArray();
    }

    @Test
    void imagesOfAnySizeAndKindBecomeSamples() throws IOException {
        Pictures.put(dir, "train/a/grey.png", Pictures.encode("png", 8, 4, 0x808080, BufferedImage.TYPE_BYTE_GRAY));
        Pictures.put(dir, "train/b/wide.png", Pictures.png(30, 10, 0x0a0b0c));
        Pictures.put(dir, "test/a/x.png", Pictures.png(2, 2, 0xffffff));
        Pictures.put(dir, "test/b/x.png", Pictures.encode("png", 3, 3, 0x00123456, BufferedImage.TYPE_INT_ARGB));
        Split split = ImageFolder.open(dir, PLAIN.withSize("4x6", 0), 1);
        assertEquals(Shape.of(3, 4, 6), split.train().sampleShape());
        long grey = pixels(split.train(), 0)[0];
        long[] expected = new long[72];
        Arrays.fill(expected, grey);
        assertArrayEquals(expected, pixels(split.train(), 0), "grey in all three channels");
        assertEquals(10, pixels(split.train(), 1)[0]);
        assertEquals(255, pixels(split.test(), 1)[0], "transparent is white");
        assertEquals(Shape.of(1, 4, 4), ImageFolder.open(dir, PLAIN.withSize("4", 5).withChannels(1), 1).train().sampleShape());
    }

    @Test
    void decodedImagesAreKeptUpToTheLimit() throws IOException {
        for (int i = 0; i < 3; i++) {
            Pictures.put(dir, "train/a/" + i + ".png", Pictures.png(10, 10, i));
            Pictures.put(dir, "train/b/" + i + ".png", Pictures.png(10, 10, i));
            Pictures.put(dir, "val/a/" + i + ".png", Pictures.png(10, 10, i));
            Pictures.put(dir, "val/b/" + i + ".png", Pictures.png(10, 10, i));
        }
        Dataset kept = ImageFolder.open(dir, PLAIN.withCacheBytes(1363), 1).train();
        for (int i = 0; i < 6; i++) {
            assertArrayEquals(pixels(kept, i), pixels(kept, i));
            assertEquals(i < 2, kept.source(i) == kept.source(i), "300 bytes and 64 of the object: two fit in four fifths");
        }
        Dataset none = ImageFolder.open(dir, PLAIN.withCacheBytes(0), 1).train();
        assertFalse(none.source(0) == none.source(0));
        assertSame(kept.source(0), kept.subset(3, 0).source(1));
    }

    @Test
    void corruptImagesAreNamedOrLeftOut() throws IOException {
        for (int i = 0; i < 4; i++) {
            Pictures.put(dir, "train/a/" + i + ".jpg", Pictures.jpeg(16, 16, 0x404040));
            Pictures.put(dir, "train/b/" + i + ".jpg", Pictures.jpeg(16, 16, 0x404040));
            Pictures.put(dir, "val/a/" + i + ".jpg", Pictures.jpeg(16, 16, 0));
            Pictures.put(dir, "val/b/" + i + ".jpg", Pictures.jpeg(16, 16, 0));
        }
        byte[] whole = Files.readAllBytes(dir.resolve("train/b/2.jpg"));
        Files.write(dir.resolve("train/b/2.jpg"), Arrays.copyOf(whole, whole.length - 40));
        Files.write(dir.resolve("train/a/0.jpg"), new byte[0]);
        Dataset refusing = ImageFolder.open(dir, PLAIN.withSize("16", 0), 1).train();
        assertEquals(8, refusing.size());
        assertEquals("train/a/0.jpg: is empty (0 bytes). Copy it again, or delete it.",
                assertThrows(UncheckedIOException.class, () -> pixels(refusing, 0)).getMessage());
        assertTrue(assertThrows(IllegalStateException.class, () -> {
            try (BatchEpoch batches = new BatchLoader(refusing, BatchOptions.of(8).withWorkers(3)).epoch(0)) {
                batches.next();
            }
        }).getMessage().endsWith("reading sample 0 for batch 0 failed: train/a/0.jpg: is empty (0 bytes). Copy it again, or delete it."));
        ImageOptions skip = PLAIN.withSize("16", 0).withOnCorrupt(ImageOptions.OnCorrupt.SKIP);
        Dataset skipping = ImageFolder.open(dir, skip, 1).train();
        assertEquals("[1, 0, 1, 0, 0, 1]", labels(skipping));
        assertEquals(ChannelStatistics.of(skipping), ChannelStatistics.of(ImageFolder.open(dir, skip, 1).train()));
        for (int i = 0; i < 4; i++) {
            Files.write(dir.resolve("train/a/" + i + ".jpg"), new byte[] {1});
        }
        assertEquals("data \"" + dir.getFileName() + "\": class \"a\" of train has no image that can be decoded.",
                assertThrows(DataException.class, () -> ImageFolder.open(dir, skip, 1)).getMessage());
    }

    @Test
    void theFirstOfSeveralFailuresIsToldWhicheverThreadWasFaster() {
        CountingDataset failing = new CountingDataset(1000) {
            @Override
            public void read(int index, Tensor into) {
                if (index > 100 && index % 7 == 0) {
                    throw new IllegalStateException("no " + index);
                }
                super.read(index, into);
            }
        };
        for (int round = 0; round < 20; round++) {
            assertEquals("no 105", assertThrows(IllegalStateException.class, () -> ChannelStatistics.of(failing)).getMessage());
        }
    }

    @Test
    void setsInMemoryAreResizedToo() throws IOException {
        DataOptions options = DataOptions.defaults().withLimits(20, 10);
        Split plain = Datasets.open("digits", options);
        Split sized = Datasets.open("digits", options.withImages(PLAIN.withSize("14", 0).withChannels(3)));
        assertEquals(Shape.of(3, 14, 14), sized.train().sampleShape());
        assertEquals(20, sized.train().size());
        assertEquals(plain.train().label(7), sized.train().label(7));
        assertSame(plain.train().getClass(), Datasets.open("digits", options.withImages(PLAIN.withSize("28", 0))).train().getClass());
        assertEquals(DType.UINT8, sized.test().sampleType());
    }
}
