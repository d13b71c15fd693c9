package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
    @TempDir
    private Path dir;

    private Tensor read(byte[] bytes) throws IOException {
        return ImageFile.read(Files.write(dir.resolve("x"), bytes));
    }

    private void refuse(String message, byte[] bytes) throws IOException {
        Path file = Files.write(dir.resolve("x"), bytes);
        assertEquals("x: " + message, assertThrows(CorruptFileException.class, () -> ImageFile.read(file)).getMessage());
    }

    static byte[] encode(String format, int width, int height, int type) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        Philox.Stream random = new Philox.Stream(9, 0, 0);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, format, bytes);
        return bytes.toByteArray();
    }

    private static Tensor noise(int channels, int height, int width) {
        Philox.Stream random = new Philox.Stream(channels, 0, 0);
        byte[] bytes = new byte[channels * height * width];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return Tensor.ofBytes(bytes, channels, height, width);
    }

    @Test
    void pngWrittenHereComesBackExactly() throws IOException {
        for (int channels : new int[] {1, 3}) {
            Tensor image = noise(channels, 5, 7);
            ImageFile.writePng(dir.resolve("image.png"), image);
            Tensor read = ImageFile.read(dir.resolve("image.png"));
            assertEquals(image.shape(), read.shape());
            assertArrayEquals(image.toLongs(), read.toLongs());
        }
        Tensor wide = noise(3, 4, 2);
        ImageFile.writePng(dir.resolve("view.png"), wide.transpose(0, 2, 1));
        assertArrayEquals(wide.transpose(0, 2, 1).toLongs(), ImageFile.read(dir.resolve("view.png")).toLongs());
    }

    @Test
    void greySourcesOfEveryDepthGiveOneChannelOfTheirStoredValues() throws IOException {
        assertEquals("uint8 [1, 1, 3] [[[0, 100, 255]]]", read(PngBytes.image(3, 1, 8, 0, bytes(0, 0, 100, 255))).toString());
        assertEquals("uint8 [1, 1, 2] [[[128, 255]]]", read(PngBytes.image(2, 1, 16, 0, bytes(0, 0x80, 0x80, 0xff, 0xff))).toString());
        assertEquals("uint8 [1, 1, 2] [[[136, 255]]]", read(PngBytes.image(2, 1, 4, 0, bytes(0, 0x8f))).toString());
        assertEquals("uint8 [1, 1, 4] [[[0, 85, 170, 255]]]", read(PngBytes.image(4, 1, 2, 0, bytes(0, 0x1b))).toString());
        assertEquals("uint8 [1, 1, 2] [[[0, 255]]]", read(PngBytes.image(2, 1, 1, 0, bytes(0, 0x40))).toString());
        assertEquals(Shape.of(1, 9, 8), read(encode("jpg", 8, 9, BufferedImage.TYPE_BYTE_GRAY)).shape());
    }

    @Test
    void colourSourcesGiveRedGreenBluePlanes() throws IOException {
        assertArrayEquals(new long[] {10, 20, 30}, read(PngBytes.image(1, 1, 8, 2, bytes(0, 10, 20, 30))).toLongs());
        assertArrayEquals(new long[] {10, 20, 30}, read(PngBytes.image(1, 1, 16, 2, bytes(0, 10, 0, 20, 0, 30, 0))).toLongs());
        byte[] palette = new PngBytes().header(2, 1, 1, 3).chunk("PLTE", bytes(1, 2, 3, 9, 9, 9)).data(bytes(0, 0x40)).chunk("IEND")
                .bytes();
        assertArrayEquals(new long[] {1, 9, 2, 9, 3, 9}, read(palette).toLongs());
        assertEquals(Shape.of(3, 9, 8), read(encode("jpg", 8, 9, BufferedImage.TYPE_INT_RGB)).shape());
    }

    @Test
    void transparencyIsLaidOnWhite() throws IOException {
        assertArrayEquals(new long[] {132, 137, 142}, read(PngBytes.image(1, 1, 8, 6, bytes(0, 10, 20, 30, 128))).toLongs());
        assertArrayEquals(new long[] {255, 255, 255}, read(PngBytes.image(1, 1, 8, 6, bytes(0, 10, 20, 30, 0))).toLongs());
        assertArrayEquals(new long[] {100, 177, 255}, read(PngBytes.image(3, 1, 8, 4, bytes(0, 100, 255, 100, 128, 100, 0))).toLongs());
        byte[] keyed = new PngBytes().header(2, 1, 8, 0).chunk("tRNS", bytes(0, 10)).data(bytes(0, 10, 11)).chunk("IEND").bytes();
        assertArrayEquals(new long[] {255, 11}, read(keyed).toLongs());
        byte[] palette = new PngBytes().header(1, 1, 8, 3).chunk("PLTE", bytes(0, 0, 0)).chunk("tRNS", bytes(51)).data(bytes(0, 0))
                .chunk("IEND").bytes();
        assertArrayEquals(new long[] {204, 204, 204}, read(palette).toLongs());
    }

    @Test
    void malformedPngIsRefused() throws IOException {
        byte[] valid = PngBytes.image(2, 1, 8, 0, bytes(0, 1, 2));
        refuse("ends at byte 8 without an IEND chunk. The file is truncated or damaged; copy it again.", Arrays.copyOf(valid, 8));
        refuse("chunk \"IDAT\" at byte 33 claims 11 bytes, 10 follow. The file is truncated or damaged; copy it again.",
                Arrays.copyOf(valid, 55));
        refuse("ends at byte " + (valid.length - 12) + " without an IEND chunk. The file is truncated or damaged; copy it again.",
                Arrays.copyOf(valid, valid.length - 12));
        byte[] flipped = valid.clone();
        flipped[45] ^= 1;
        refuse("chunk \"IDAT\" at byte 33 has a wrong checksum. The file is truncated or damaged; copy it again.", flipped);
        refuse("chunk \"IDAT\" at byte 8 of 9 bytes comes first, needs IHDR of 13.",
                new PngBytes().data(bytes(0)).chunk("IEND").bytes());
        refuse("has colour type 5 with 8 bits, which PNG does not define.", PngBytes.image(1, 1, 8, 5, bytes(0, 1)));
        refuse("has colour type 2 with 4 bits, which PNG does not define.", PngBytes.image(1, 1, 4, 2, bytes(0, 1)));
        refuse("is 0 x 1, needs 1 to 2^31 - 1 each.", PngBytes.image(0, 1, 8, 0, bytes(0)));
        refuse("is 1 x 4294967295, needs 1 to 2^31 - 1 each.", PngBytes.image(1, -1, 8, 0, bytes(0)));
        refuse("cannot be decoded: Error reading PNG image data.", PngBytes.image(2, 2, 8, 0, bytes(0, 1)));
    }

    @Test
    void sizeThatIsOnlyClaimedIsRefusedBeforeDecoding() throws IOException {
        refuse("is 8000 x 8000, which 12 bytes of compressed data cannot hold. The file is truncated or damaged; copy it again.",
                PngBytes.image(8000, 8000, 8, 2, new byte[100]));
        byte[] white = PngBytes.image(300, 200, 1, 0, new byte[39 * 200]);
        assertEquals(60_000, read(white).elements());
        assertEquals("x: is 300 x 200, at most 59999 pixels are read from its " + white.length
                + " bytes. The image is too large, or the file is truncated.",
                assertThrows(CorruptFileException.class, () -> ImageFile.read(dir.resolve("x"), 59_999)).getMessage());
        byte[] jpeg = encode("jpg", 8, 8, BufferedImage.TYPE_BYTE_GRAY);
        int frame = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00c0");
        Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0x1f);
        refuse("is 7967 x 7967, at most " + 1024 * jpeg.length + " pixels are read from its " + jpeg.length
                + " bytes. The image is too large, or the file is truncated.", jpeg);
        assertEquals("image: maxPixels = 0, needs 1 to 67108864.",
                assertThrows(IllegalArgumentException.class, () -> ImageFile.read(dir.resolve("x"), 0)).getMessage());
    }

    @Test
    void jpegCutAnywhereIsRefused() throws IOException {
        byte[] jpeg = encode("jpg", 40, 40, BufferedImage.TYPE_INT_RGB);
        Path file = dir.resolve("x");
        for (int length = 3; length < jpeg.length; length += 7) {
            Files.write(file, Arrays.copyOf(jpeg, length));
            String message = assertThrows(CorruptFileException.class, () -> ImageFile.read(file)).getMessage();
            assertEquals("x: ends at byte " + length + " without an end marker. The file is truncated; copy it again.", message);
        }
        refuse("lacks a part of its image data. The file is damaged; copy it again.",
                Mutations.replace(jpeg, jpeg.length - 200, jpeg.length - 2, new byte[0]));
    }

    @Test
    void otherFormatsAndFilesAreNotCalledImages() throws IOException {
        refuse("is neither a PNG, a JPEG nor a WebP image, by its first bytes. Convert it to one of them.", encode("gif", 3, 3,
                BufferedImage.TYPE_INT_RGB));
        refuse("is empty (0 bytes). Copy it again, or delete it.", new byte[0]);
        assertThrows(NoSuchFileException.class, () -> ImageFile.read(dir.resolve("none")));
        IOException folder = assertThrows(IOException.class, () -> ImageFile.read(dir));
        assertTrue(!(folder instanceof CorruptFileException), folder.toString());
    }

    @Test
    void tensorsThatAreNoImagesAreRefused() {
        assertEquals("image: float32 [1, 2, 2], needs uint8 [1, H, W] or [3, H, W] of 1 to 67108864 pixels.",
                assertThrows(IllegalArgumentException.class,
                        () -> ImageFile.writePng(dir.resolve("x"), Tensor.zeros(DType.FLOAT32, Shape.of(1, 2, 2)))).getMessage());
        assertEquals("image: uint8 [2, 2, 2], needs uint8 [1, H, W] or [3, H, W] of 1 to 67108864 pixels.",
                assertThrows(IllegalArgumentException.class, () -> ImageFile.toGrey(noise(2, 2, 2))).getMessage());
        assertEquals("image: uint8 [4], needs uint8 [C, H, W] of 1 to 67108864 pixels.",
                assertThrows(IllegalArgumentException.class, () -> ImageFile.resize(Tensor.ofBytes(new byte[4]), 1, 1)).getMessage());
        assertEquals("image: size 0 x 4, needs at least 1 x 1 and at most 67108864 pixels.",
                assertThrows(IllegalArgumentException.class, () -> ImageFile.resize(noise(1, 2, 2), 0, 4)).getMessage());
    }

    @Test
    void greyFollowsTheLumaWeights() {
        Tensor grey = ImageFile.toGrey(Tensor.ofBytes(bytes(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255), 3, 1, 4));
        assertArrayEquals(new long[] {76, 150, 29, 255}, grey.toLongs());
        assertSame(grey, ImageFile.toGrey(grey));
    }

    @Test
    void resizeKeepsConstantsAndSizesAndInterpolatesLinearly() {
        Tensor image = noise(3, 6, 5);
        assertArrayEquals(image.toLongs(), ImageFile.resize(image, 6, 5).toLongs());
        Tensor constant = Tensor.full(DType.UINT8, Shape.of(1, 3, 4), 77);
        for (long value : ImageFile.resize(constant, 7, 2).toLongs()) {
            assertEquals(77, value);
        }
        assertArrayEquals(new long[] {0, 25, 75, 100}, ImageFile.resize(Tensor.ofBytes(bytes(0, 100), 1, 1, 2), 1, 4).toLongs());
    }

    /** A checkerboard of single pixels is mid-grey from afar; without antialiasing it would stay black or white. */
    @Test
    void shrinkingIsAntialiased() {
        byte[] board = new byte[32 * 32];
        for (int i = 0; i < board.length; i++) {
            board[i] = (byte) ((i / 32 + i) % 2 * 255);
        }
        for (long value : ImageFile.resize(Tensor.ofBytes(board, 1, 32, 32), 8, 8).toLongs()) {
            assertEquals(127.5, value, 4);
        }
        assertArrayEquals(new long[] {9, 31}, ImageFile.resize(Tensor.ofBytes(bytes(0, 10, 30, 40), 1, 1, 4), 1, 2).toLongs());
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
