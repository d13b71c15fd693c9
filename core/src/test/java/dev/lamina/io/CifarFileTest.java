package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.io.CifarFile.Variant;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFileTest {
    private static final int PIXELS = 3072;

    @TempDir
    private Path dir;

    /** Records whose red, green and blue planes hold 1, 2 and 3 times the label. */
    private static byte[] records(int coarse, int... labels) {
        int size = PIXELS + (coarse < 0 ? 1 : 2);
        byte[] bytes = new byte[labels.length * size];
        for (int i = 0; i < labels.length; i++) {
            int at = i * size;
            if (coarse >= 0) {
                bytes[at++] = (byte) coarse;
            }
            bytes[at++] = (byte) labels[i];
            for (int c = 0; c < 3; c++) {
                Arrays.fill(bytes, at + 1024 * c, at + 1024 * (c + 1), (byte) (labels[i] * (c + 1)));
            }
        }
        return bytes;
    }

    private Path store(String name, byte[] bytes) throws IOException {
        return Files.write(dir.resolve(name), bytes);
    }

    @Test
    void filesAreJoinedInOrderPlainOrZipped() throws IOException {
        CifarFile.ImagesAndLabels read = CifarFile.read(
                List.of(store("1", records(-1, 6, 9)), store("2.gz", Mutations.zip(records(-1, 3)))), Variant.CIFAR10);
        assertEquals(Shape.of(3, 3, 32, 32), read.images().shape());
        assertEquals(DType.UINT8, read.images().dtype());
        assertEquals(DType.INT32, read.labels().dtype());
        assertArrayEquals(new long[] {6, 9, 3}, read.labels().toLongs());
        assertEquals(9, read.images().get(1, 0, 31, 31));
        assertEquals(18, read.images().get(1, 1, 0, 0));
        assertEquals(9, read.images().get(2, 2, 5, 5));
    }

    @Test
    void cifar100UsesTheFineLabel() throws IOException {
        CifarFile.ImagesAndLabels read = CifarFile.read(List.of(store("1", records(19, 99, 50))), Variant.CIFAR100);
        assertArrayEquals(new long[] {99, 50}, read.labels().toLongs());
        assertEquals(50, read.images().get(1, 0, 0, 0));
        assertEquals(100, Variant.CIFAR100.classes());
    }

    @Test
    void malformedFilesAreRefused() throws IOException {
        refuse("x: record 0 has 0 bytes, CIFAR10 needs 3073. The file is truncated or of another format.", new byte[0], Variant.CIFAR10);
        refuse("x: record 1 has 3072 bytes, CIFAR10 needs 3073. The file is truncated or of another format.",
                Arrays.copyOf(records(-1, 1, 2), 6145), Variant.CIFAR10);
        refuse("x: record 2 has 10 bytes, CIFAR100 needs 3074. The file is truncated or of another format.",
                Arrays.copyOf(records(0, 1, 2), 6158), Variant.CIFAR100);
        refuse("x: record 1 has label 10, classes are 0..9. The file is damaged or of another format.", records(-1, 9, 10),
                Variant.CIFAR10);
        refuse("x: record 0 has label 100, classes are 0..99. The file is damaged or of another format.", records(0, 100),
                Variant.CIFAR100);
        refuse("x: record 0 has coarse label 20, classes are 0..19. The file is damaged or of another format.", records(20, 1),
                Variant.CIFAR100);
        byte[] zipped = Mutations.zip(records(-1, 1));
        refuse("x: compressed data is damaged or truncated: it ends too early. Fetch the file again.",
                Arrays.copyOf(zipped, zipped.length / 2), Variant.CIFAR10);
    }

    private void refuse(String message, byte[] bytes, Variant variant) throws IOException {
        Path file = store("x", bytes);
        assertEquals(message, assertThrows(CorruptFileException.class, () -> CifarFile.read(List.of(file), variant)).getMessage());
    }
}
