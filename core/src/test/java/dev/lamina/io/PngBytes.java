package dev.lamina.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** Builds PNG files chunk by chunk, from the specification, also such as no encoder would write. */
final class PngBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    PngBytes() {
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    }

    /** A whole file; rows begin with a filter byte. */
    static byte[] image(int width, int height, int depth, int colourType, byte... rows) throws IOException {
        return new PngBytes().header(width, height, depth, colourType).data(rows).chunk("IEND").bytes();
    }

    PngBytes header(int width, int height, int depth, int colourType) {
        return chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth).put((byte) colourType).array());
    }

    PngBytes data(byte... rows) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(zipped)) {
            deflater.write(rows);
        }
        return chunk("IDAT", zipped.toByteArray());
    }

    PngBytes chunk(String type, byte... content) {
        byte[] chunk = ByteBuffer.allocate(12 + content.length).putInt(content.length).put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(content).array();
        seal(chunk, 0);
        out.writeBytes(chunk);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** Makes the checksums of all chunks right again, as far as their lengths can be followed. */
    static void repair(byte[] file) {
        for (long at = 8; at + 12 <= file.length;) {
            int length = ByteBuffer.wrap(file).getInt((int) at);
            if (length < 0 || at + 12 + length > file.length) {
                return;
            }
            seal(file, (int) at);
            at += 12 + length;
        }
    }

    private static void seal(byte[] bytes, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int length = buffer.getInt(at);
        CRC32 crc = new CRC32();
        crc.update(bytes, at + 4, length + 4);
        buffer.putInt(at + 8 + length, (int) crc.getValue());
    }
}
