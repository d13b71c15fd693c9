package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdxFileTest {
    private static final String IMAGES = "00000803 00000002 00000001 00000002 0102 03ff";
    private static final String LABELS = "00000801 00000003 00 09 01";

    @TempDir
    private Path dir;

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private Path store(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("x-idx"), bytes);
    }

    @Test
    void plainAndZippedGiveTheSame() throws IOException {
        for (byte[] bytes : new byte[][] {hex(IMAGES), Mutations.zip(hex(IMAGES))}) {
            Tensor images = IdxFile.readImages(store(bytes));
            assertEquals(Shape.of(2, 1, 1, 2), images.shape());
            assertEquals(DType.UINT8, images.dtype());
            assertArrayEquals(new long[] {1, 2, 3, 255}, images.toLongs());
        }
        Tensor labels = IdxFile.readLabels(store(hex(LABELS)), 10);
        assertEquals(DType.INT32, labels.dtype());
        assertArrayEquals(new long[] {0, 9, 1}, labels.toLongs());
        assertEquals(Shape.of(1, 1, 1, 2), IdxFile.read(store(hex("00000804 00000001 00000001 00000001 00000002 0102"))).shape());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0000              | does not begin with two zero bytes, a type and a rank. It is no IDX file.
            89504e47 0d0a1a0a | does not begin with two zero bytes, a type and a rank. It is no IDX file.
            00000d01 00000000 | has element type 0x0d, supported is 0x08 (unsigned byte).
            00000800          | has rank 0, needs 1 to 4.
            000008ff          | has rank 255, needs 1 to 4.
            00000803 00000001 0000 | ends at byte 10 within its header of 16 bytes. It is truncated; fetch it again.
            00000801 ffffffff | claims shape [4294967295], at most 2147483631 elements are read.
            00000804 ffffffff ffffffff ffffffff ffffffff | claims shape [4294967295, 4294967295, 4294967295, 4294967295], at most \
            2147483631 elements are read.
            00000801 7fffffef 01 | shape [2147483631] needs 2147483631 bytes, the file has 1. It is truncated; fetch it again.
            00000801 00000002 01 | shape [2] needs 2 bytes, the file has 1. It is truncated; fetch it again.
            00000801 00000002 010203 | shape [2] needs 2 bytes, the file has more. It is damaged; fetch it again.
            1f8b08            | gzip header is damaged: it ends too early. Fetch the file again.
            1f8b000000000000  | gzip header is damaged: Unsupported compression method. Fetch the file again.
            """)
    void malformedFileIsRefused(String bytes, String message) throws IOException {
        Path file = store(hex(bytes));
        assertEquals("x-idx: " + message, assertThrows(CorruptFileException.class, () -> IdxFile.read(file)).getMessage());
    }

    @Test
    void wrongRankAndLabelAreNamed() throws IOException {
        Path labels = store(hex(LABELS));
        assertEquals("x-idx: has rank 1 [3], images need rank 3 [N, H, W]. Is it the file of labels?",
                assertThrows(CorruptFileException.class, () -> IdxFile.readImages(labels)).getMessage());
        assertEquals("x-idx: label 9 at index 1, classes are 0..8. Are labels 1-based?",
                assertThrows(CorruptFileException.class, () -> IdxFile.readLabels(labels, 9)).getMessage());
        assertEquals("idx: classes = 0, needs >= 1.",
                assertThrows(IllegalArgumentException.class, () -> IdxFile.readLabels(labels, 0)).getMessage());
        Path images = store(hex(IMAGES));
        assertEquals("x-idx: has rank 3 [2, 1, 2], labels need rank 1 [N]. Is it the file of images?",
                assertThrows(CorruptFileException.class, () -> IdxFile.readLabels(images, 10)).getMessage());
    }

    @Test
    void truncatedOrAlteredCompressionIsRefused() throws IOException {
        byte[] zipped = Mutations.zip(hex(IMAGES));
        Path cut = store(Arrays.copyOf(zipped, zipped.length - 9));
        assertEquals("x-idx: compressed data is damaged or truncated: it ends too early. Fetch the file again.",
                assertThrows(CorruptFileException.class, () -> IdxFile.read(cut)).getMessage());
        zipped[zipped.length - 8] ^= 1;
        Path altered = store(zipped);
        assertEquals("x-idx: compressed data is damaged or truncated: Corrupt GZIP trailer. Fetch the file again.",
                assertThrows(CorruptFileException.class, () -> IdxFile.read(altered)).getMessage());
    }

    @Test
    void emptySetsAreLegalWhateverTheirOtherExtents() throws IOException {
        assertEquals(0, IdxFile.read(store(hex("00000804 00000000 ffffffff ffffffff ffffffff"))).elements());
        assertEquals(Shape.of(0, 1, 28, 28), IdxFile.readImages(store(hex("00000803 00000000 0000001c 0000001c"))).shape());
    }

    @Test
    void missingFileIsNotCalledCorrupt() {
        assertThrows(NoSuchFileException.class, () -> IdxFile.read(dir.resolve("none")));
    }
}
