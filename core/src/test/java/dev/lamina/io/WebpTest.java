package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.Shape;
import java.io.IOException;
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

    @Test
    void allThreeKindsAreRead() throws IOException {
        for (byte[] bytes : new byte[][] {LOSSY, LOSSLESS, ALPHA}) {
            assertEquals(Shape.of(3, 1, 1), ImageFile.decode("x", bytes, 100).shape());
            ImageHeader header = ImageHeader.parse("x", bytes);
            assertEquals(new ImageHeader(ImageHeader.Format.WEBP, 1, 1, 0), header);
        }
    }

    @Test
    void cutFilesAreRefused() {
        assertEquals("x: claims 42 bytes, 41 are there. The file is truncated; copy it again.",
                assertThrows(CorruptFileException.class, () -> ImageFile.decode("x", Arrays.copyOf(LOSSY, 41), 100)).getMessage());
        assertEquals("x: ends at byte 20 before its size is told. The file is truncated; copy it again.",
                assertThrows(CorruptFileException.class, () -> ImageHeader.parse("x", Arrays.copyOf(LOSSY, 20))).getMessage());
    }

    @Test
    void headersTellSizes() throws IOException {
        assertEquals(new ImageHeader(ImageHeader.Format.JPEG, 8, 9, 3),
                ImageHeader.parse("x", ImageFileTest.encode("jpg", 8, 9, java.awt.image.BufferedImage.TYPE_INT_RGB)));
        assertEquals(new ImageHeader(ImageHeader.Format.PNG, 8, 9, 0),
                ImageHeader.parse("x", ImageFileTest.encode("png", 8, 9, java.awt.image.BufferedImage.TYPE_INT_RGB)));
    }
}
