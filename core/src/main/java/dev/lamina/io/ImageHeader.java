package dev.lamina.io;

import java.nio.charset.StandardCharsets;

/**
 * Format and size of an image as its first bytes claim them; nothing is decoded. Immutable and thread-safe.
 *
 * @param format by its first bytes
 * @param width as claimed, at least 1
 * @param height as claimed, at least 1
 * @param channels of JPEG the components: 1, 3, or 4 of CMYK; else 0
 */
public record ImageHeader(Format format, int width, int height, int channels) {
    /** Formats that are read. */
    public enum Format {
        /** Portable Network Graphics. */
        PNG,
        /** JPEG, baseline and progressive, 8 bits. */
        JPEG,
        /** WebP with loss, without alpha. */
        WEBP
    }

    /**
     * Reads the header.
     *
     * @param name of the image, for messages
     * @throws CorruptFileException if this is none of the formats, or its size is missing or zero
     */
    public static ImageHeader parse(String name, byte[] bytes) throws CorruptFileException {
        if (bytes.length == 0) {
            throw new CorruptFileException(name + ": is empty (0 bytes). Copy it again, or delete it.");
        }
        Format format = format(bytes);
        if (format == null) {
            throw new CorruptFileException(name + ": is neither a PNG, a JPEG nor a WebP image, by its first bytes. "
                    + "Convert it to one of them.");
        }
        ImageHeader header = switch (format) {
            case PNG -> bytes.length < 24 ? null : new ImageHeader(format, big(bytes, 16, 4), big(bytes, 20, 4), 0);
            case JPEG -> jpeg(bytes);
            case WEBP -> {
                byte[] simple = WebpFrame.simple(name, bytes);
                yield new ImageHeader(format, WebpFrame.width(simple), WebpFrame.height(simple), 0);
            }
        };
        if (header == null) {
            throw new CorruptFileException(name + ": ends at byte " + bytes.length
                    + " before its size is told. The file is truncated; copy it again.");
        }
        if (header.width < 1 || header.height < 1) {
            throw new CorruptFileException(name + ": is " + Integer.toUnsignedString(header.width) + " x "
                    + Integer.toUnsignedString(header.height) + ", needs 1 to 2^31 - 1 each.");
        }
        return header;
    }

    /** The format by the first bytes, or null. */
    static Format format(byte[] bytes) {
        if (PngHeader.matches(bytes)) {
            return Format.PNG;
        }
        if (bytes.length >= 3 && big(bytes, 0, 3) == 0xffd8ff) {
            return Format.JPEG;
        }
        return text(bytes, 0).equals("RIFF") && text(bytes, 8).equals("WEBP") ? Format.WEBP : null;
    }

    /** Walks the segments to the frame header (SOF0 to SOF15 less DHT, JPG and DAC); null if there is none. */
    private static ImageHeader jpeg(byte[] bytes) {
        int at = 2;
        while (at + 4 <= bytes.length) {
            int marker = bytes[at + 1] & 0xff;
            if (bytes[at] != (byte) 0xff) {
                return null;
            }
            if (marker == 0xff) {
                at++;
                continue;
            }
            boolean frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
            if (frame) {
                return at + 10 > bytes.length ? null
                        : new ImageHeader(Format.JPEG, big(bytes, at + 7, 2), big(bytes, at + 5, 2), bytes[at + 9] & 0xff);
            }
            if (marker == 0xd9 || marker == 0xda) {
                return null;
            }
            boolean alone = marker >= 0xd0 && marker <= 0xd8 || marker == 0x01;
            at += alone ? 2 : 2 + Math.max(2, big(bytes, at + 2, 2));
        }
        return null;
    }

    private static String text(byte[] bytes, int at) {
        return at + 4 > bytes.length ? "" : new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
    }

    private static int big(byte[] bytes, int at, int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | bytes[at + i] & 0xff;
        }
        return value;
    }
}
