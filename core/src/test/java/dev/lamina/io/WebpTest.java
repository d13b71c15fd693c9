package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** WebP through the reader on the class path, and headers of all formats. */
class WebpTest {
    /** One pixel with loss, one without, and one with alpha. */
    static final byte[] LOSSY = Base64.getDecoder().decode("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");
    static final byte[] LOSSLESS = Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
    static final byte[] ALPHA = Base64.getDecoder().decode(
            "UklGRkoAAABXRUJQVlA4WAoAAAAQAAAAAAAAAAAAQUxQSAwAAAARBxAR/Q9ERP8DAABWUDggGAAAABQBAJ0BKgEAAQAAAP4AAA3AAP7mtQAAAA==");

    /** The same picture after a VP8X chunk and one that nobody knows. */
    static byte[] extended(byte[] lossy) {
        ByteBuffer out = ByteBuffer.allocate(lossy.length + 30).order(ByteOrder.LITTLE_ENDIAN);
        out.put(lossy, 0, 4).putInt(lossy.length + 22).put(lossy, 8, 4);
        out.put("VP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).put(new byte[10]);
        out.put("JUNK".getBytes(StandardCharsets.US_ASCII)).putInt(3).put(new byte[4]);
        return out.put(lossy, 12, lossy.length - 12).array();
    }

    @Test
    void lossyPicturesAreRead() throws IOException {
        for (byte[] bytes : new byte[][] {LOSSY, extended(LOSSY)}) {
            assertEquals(Shape.of(3, 1, 1), ImageFile.decode("x", bytes, 100).shape());
            assertEquals(new ImageHeader(ImageHeader.Format.WEBP, 1, 1, 0), ImageHeader.parse("x", bytes));
        }
    }

    @Test
    void othersAreRefused() {
        assertEquals("x: is a lossless WebP image; only lossy ones without alpha are read. Convert it to PNG.",
                assertThrows(CorruptFileException.class, () -> ImageFile.decode("x", LOSSLESS, 100)).getMessage());
        assertEquals("x: is a transparent WebP image; only lossy ones without alpha are read. Convert it to PNG.",
                assertThrows(CorruptFileException.class, () -> ImageHeader.parse("x", ALPHA)).getMessage());
    }

    @Test
    void cutFilesAreRefused() {
        assertEquals("x: claims 42 bytes, 41 are there. The file is truncated; copy it again.",
                assertThrows(CorruptFileException.class, () -> ImageFile.decode("x", Arrays.copyOf(LOSSY, 41), 100)).getMessage());
        assertEquals("x: ends at byte 19 before its size is told. The file is truncated; copy it again.",
                assertThrows(CorruptFileException.class, () -> ImageHeader.parse("x", Arrays.copyOf(LOSSY, 19))).getMessage());
    }

    @Test
    void headersTellSizes() throws IOException {
        assertEquals(new ImageHeader(ImageHeader.Format.JPEG, 8, 9, 3),
                ImageHeader.parse("x", ImageFileTest.encode("jpg", 8, 9, java.awt.image.BufferedImage.TYPE_INT_RGB)));
        assertEquals(new ImageHeader(ImageHeader.Format.PNG, 8, 9, 0),
                ImageHeader.parse("x", ImageFileTest.encode("png", 8, 9, java.awt.image.BufferedImage.TYPE_INT_RGB)));
    }
}
