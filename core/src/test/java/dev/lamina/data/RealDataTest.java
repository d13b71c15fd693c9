package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Against the real files in LAMINA_DATA, else in the nearest {@code shared/data} above the working directory. */
class RealDataTest {
    private static Split open(String name, String folder) throws IOException {
        Path dir = dir();
        Assumptions.assumeTrue(dir != null && Files.isDirectory(dir.resolve(folder)),
                "skipped: no folder " + folder + "/ in LAMINA_DATA or in a shared/data above the working directory");
        return Datasets.open(name, DataOptions.in(dir));
    }

    private static Path dir() {
        String named = System.getenv(DataOptions.DIR_VARIABLE);
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("shared/data"))) {
                return folder.resolve("shared/data");
            }
        }
        return null;
    }

    private static int[] perClass(Dataset data) {
        int[] counts = new int[data.classNames().size()];
        IntStream.range(0, data.size()).forEach(i -> counts[data.label(i)]++);
        return counts;
    }

    @Test
    void mnistHasThePublishedCountsAndStatistics() throws IOException {
        Split split = open("mnist", "mnist");
        assertArrayEquals(new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949}, perClass(split.train()));
        assertArrayEquals(new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}, perClass(split.test()));
        ChannelStatistics statistics = ChannelStatistics.of(split.train());
        assertEquals(0.1307, statistics.mean().getFirst(), 5e-5);
        assertEquals(0.3081, statistics.std().getFirst(), 5e-5);
    }

    @Test
    void fashionMnistHasThePublishedStatistics() throws IOException {
        Split split = open("fashion-mnist", "fashion-mnist");
        assertEquals(60_000, split.train().size());
        assertEquals(Shape.of(1, 28, 28), split.test().sampleShape());
        ChannelStatistics statistics = ChannelStatistics.of(split.train());
        assertEquals(0.2860, statistics.mean().getFirst(), 5e-5);
        assertEquals(0.3530, statistics.std().getFirst(), 5e-5);
    }

    @Test
    void oneSetIsNotTakenForTheOther() throws IOException {
        open("optdigits", "mnist");
        Path mnist = dir().resolve("mnist");
        assertEquals("data \"fashion-mnist\": " + mnist.resolve("t10k-labels-idx1-ubyte.gz") + " belongs to mnist (by its SHA-256). Open "
                + "that, or pass --data-dir of a folder that holds fashion-mnist/.",
                assertThrows(DataException.class, () -> Datasets.open("fashion-mnist", DataOptions.in(mnist))).getMessage());
    }

    @Test
    void cifarPartHasTheKnownLabels() throws IOException {
        Split split = open("cifar10-part", "cifar10");
        assertArrayEquals(new int[] {6, 9, 9, 4, 1, 1, 2, 7, 8, 3}, IntStream.range(0, 10).map(split.train()::label).toArray());
        assertArrayEquals(new int[] {396, 366, 420, 384, 422, 393, 414, 385, 407, 413}, perClass(split.train()));
        assertEquals(1_000, split.test().size());
        assertEquals("frog", split.train().classNames().get(split.train().label(0)));
    }

    @Test
    void theNearestNeighbourOnOptdigitsIsAsGoodAsItsAuthorsSay() throws IOException {
        Split split = open("optdigits", "optdigits");
        byte[][] train = IntStream.range(0, split.train().size()).mapToObj(i -> DigitsTest.sample(split.train(), i)).toArray(byte[][]::new);
        long right = IntStream.range(0, split.test().size()).parallel().filter(i -> {
            byte[] sample = DigitsTest.sample(split.test(), i);
            int best = 0;
            int least = Integer.MAX_VALUE;
            for (int j = 0; j < train.length; j++) {
                int distance = 0;
                for (int k = 0; k < 64; k++) {
                    int d = (sample[k] & 0xff) - (train[j][k] & 0xff);
                    distance += d * d;
                }
                if (distance < least) {
                    least = distance;
                    best = j;
                }
            }
            return split.train().label(best) == split.test().label(i);
        }).count();
        assertEquals(1_761, right, "of 1,797");
    }
}
