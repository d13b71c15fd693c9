package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files that others wrote: in LAMINA_DATA, else in the nearest {@code shared/data} above the working directory. */
class RealFilesTest {
    private static Path file(String name) {
        String named = System.getenv("LAMINA_DATA");
        Path data = named == null || named.isBlank() ? null : Path.of(named);
        for (Path folder = Path.of("").toAbsolutePath(); data == null && folder != null; folder = folder.getParent()) {
            data = Files.isDirectory(folder.resolve("shared/data")) ? folder.resolve("shared/data") : null;
        }
        Path found = data == null ? null : data.resolve(name);
        Assumptions.assumeTrue(found != null && Files.isRegularFile(found),
                "skipped: no " + name + " in LAMINA_DATA or in a shared/data above the working directory");
        return found;
    }

    private static int[] perClass(Tensor labels, int classes) {
        int[] counts = new int[classes];
        Arrays.stream(labels.toLongs()).forEach(label -> counts[(int) label]++);
        return counts;
    }

    @Test
    void mnistLabelsHaveThePublishedCounts() throws IOException {
        assertArrayEquals(new int[] {5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
                perClass(IdxFile.readLabels(file("mnist/train-labels-idx1-ubyte.gz"), 10), 10));
        assertArrayEquals(new int[] {980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009},
                perClass(IdxFile.readLabels(file("mnist/t10k-labels-idx1-ubyte.gz"), 10), 10));
    }

    /** The published md5 of the uncompressed file, over a header put before what was read. */
    @Test
    void fashionMnistHasThePublishedMd5() throws IOException, NoSuchAlgorithmException {
        Tensor images = IdxFile.readImages(file("fashion-mnist/t10k-images-idx3-ubyte.gz"));
        assertEquals(Shape.of(10_000, 1, 28, 28), images.shape());
        MessageDigest md5 = MessageDigest.getInstance("MD5");
        md5.update(ByteBuffer.allocate(16).putInt(0x803).putInt(10_000).putInt(28).putInt(28).flip());
        md5.update(images.memory().toArray(ValueLayout.JAVA_BYTE));
        assertEquals("8181f5470baa50b63fa0f6fddb340f0a", HexFormat.of().formatHex(md5.digest()));
    }

    @Test
    void cifarPartHasTheKnownLabels() throws IOException {
        CifarFile.ImagesAndLabels part = CifarFile.read(List.of(file("cifar10/test_first1000.bin.gz")), CifarFile.Variant.CIFAR10);
        assertEquals(Shape.of(1000, 3, 32, 32), part.images().shape());
        assertArrayEquals(new int[] {103, 89, 100, 103, 90, 86, 112, 102, 106, 109}, perClass(part.labels(), 10));
        CifarFile.ImagesAndLabels train = CifarFile.read(List.of(file("cifar10/train_first4000.bin.gz")), CifarFile.Variant.CIFAR10);
        assertArrayEquals(new long[] {6, 9, 9, 4, 1, 1, 2, 7, 8, 3}, train.labels().slice(0, 0, 10).toLongs());
    }

    @Test
    void jpegsOfOthersDecode(@TempDir Path dir) throws IOException {
        try (ZipFile zip = new ZipFile(file("flowers128/flowers.zip").toFile())) {
            List<? extends ZipEntry> images = zip.stream().filter(entry -> entry.getName().endsWith(".jpg")).limit(100).toList();
            for (var entry : images) {
                Path jpeg = Files.write(dir.resolve("flower.jpg"), zip.getInputStream(entry).readAllBytes());
                assertEquals(Shape.of(3, 128, 128), ImageFile.read(jpeg).shape(), entry.getName());
            }
            assertEquals(100, images.size());
        }
    }
}
