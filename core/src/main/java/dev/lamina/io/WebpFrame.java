package dev.lamina.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The lossy picture in a WebP file, found by walking the chunks, and made a file of its own so that the decoder sees nothing else.
 *
 * <p>Lossless pictures and alpha planes are refused: the decoder at hand may spend minutes and gigabytes on a damaged one of a few bytes.
 */
final class WebpFrame {
    private static final int RIFF = 12;
    private static final int CHUNK = 8;
    /** Frame tag, start code, width and height. */
    private static final int KEY_FRAME = 10;

    private WebpFrame() { }

    /**
     * The file with the lossy picture alone.
     *
     * @throws CorruptFileException if there is none, or the file has what is not read
     */
    static byte[] simple(String name, byte[] bytes) throws CorruptFileException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < RIFF + CHUNK) {
            throw new CorruptFileException(name + ": ends at byte " + bytes.length
                    + " before its size is told. The file is truncated; copy it again.");
        }
        long end = CHUNK + Integer.toUnsignedLong(in.getInt(4));
        if (end > bytes.length) {
            throw new CorruptFileException(name + ": claims " + end + " bytes, " + bytes.length
                    + " are there. The file is truncated; copy it again.");
        }
        for (long at = RIFF; at + CHUNK <= end;) {
            String type = new String(bytes, (int) at, 4, StandardCharsets.ISO_8859_1);
            long length = Integer.toUnsignedLong(in.getInt((int) at + 4));
            switch (type) {
                case "VP8 " -> {
                    if (length < KEY_FRAME || at + CHUNK + length > end) {
                        throw new CorruptFileException(name + ": its picture of " + length + " bytes at byte " + at
                                + " is not all there. The file is truncated; copy it again.");
                    }
                    return file(bytes, (int) at + CHUNK, (int) length);
                }
                case "VP8L" -> throw refused(name, "lossless");
                case "ALPH" -> throw refused(name, "transparent");
                case "ANIM", "ANMF" -> throw refused(name, "moving");
                default -> at += CHUNK + length + (length & 1);
            }
        }
        throw new CorruptFileException(name + ": holds no picture (VP8 chunk). The file is damaged; copy it again.");
    }

    private static CorruptFileException refused(String name, String kind) {
        return new CorruptFileException(name + ": is a " + kind
                + " WebP image; only lossy ones without alpha are read. Convert it to PNG.");
    }

    private static byte[] file(byte[] bytes, int from, int length) {
        int padded = length + (length & 1);
        ByteBuffer out = ByteBuffer.allocate(RIFF + CHUNK + padded).order(ByteOrder.LITTLE_ENDIAN);
        out.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(4 + CHUNK + padded);
        out.put("WEBPVP8 ".getBytes(StandardCharsets.US_ASCII)).putInt(length).put(bytes, from, length);
        return out.array();
    }

    /** Width of a file of {@link #simple}. */
    static int width(byte[] simple) {
        return size(simple, RIFF + CHUNK + 6);
    }

    /** Height of a file of {@link #simple}. */
    static int height(byte[] simple) {
        return size(simple, RIFF + CHUNK + 8);
    }

    private static int size(byte[] simple, int at) {
        return (simple[at] & 0xff | simple[at + 1] << 8) & 0x3fff;
    }
}
