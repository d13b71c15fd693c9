package dev.lamina.io;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * What a PNG file says about itself, read after its chunks were walked: lengths, and the checksums of those that matter. The JDK's decoder
 * checks neither checksums nor whether a header's size can be true.
 */
record PngHeader(int width, int height, int depth, int colourType) {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int CHUNK_FRAME = 12;
    private static final String TRUNCATED = " The file is truncated or damaged; copy it again.";
    /** Deflate spends at least two bits on a run of 258 bytes. */
    private static final long MOST_INFLATED = 1032;

    static boolean matches(byte[] bytes) {
        return bytes.length >= SIGNATURE.length && Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    }

    /** True for the colour types grey and grey with alpha. */
    boolean isGrey() {
        return (colourType & 3) == 0;
    }

    static PngHeader parse(String name, byte[] bytes) throws CorruptFileException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        PngHeader header = null;
        long compressed = 0;
        String type = "";
        for (int at = SIGNATURE.length; !type.equals("IEND");) {
            if (bytes.length - at < CHUNK_FRAME) {
                throw new CorruptFileException(name + ": ends at byte " + bytes.length + " without an IEND chunk." + TRUNCATED);
            }
            int length = buffer.getInt(at);
            type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
            String subject = "chunk \"" + InputFiles.brief(type) + "\" at byte " + at + " ";
            int follow = bytes.length - at - CHUNK_FRAME;
            if (length < 0 || length > follow) {
                throw new CorruptFileException(name + ": " + subject + "claims " + Integer.toUnsignedString(length) + " bytes, " + follow
                        + " follow." + TRUNCATED);
            }
            boolean critical = Character.isUpperCase(type.charAt(0));
            if (critical && checksum(bytes, at + 4, length + 4) != buffer.getInt(at + 8 + length)) {
                throw new CorruptFileException(name + ": " + subject + "has a wrong checksum." + TRUNCATED);
            }
            if (header == null) {
                if (!type.equals("IHDR") || length != 13) {
                    throw new CorruptFileException(name + ": " + subject + "of " + length + " bytes comes first, needs IHDR of 13.");
                }
                header = new PngHeader(buffer.getInt(at + 8), buffer.getInt(at + 12), bytes[at + 16], bytes[at + 17]);
            }
            compressed += type.equals("IDAT") ? length : 0;
            at += CHUNK_FRAME + length;
        }
        header.requireValid(name, compressed);
        return header;
    }

    private static int checksum(byte[] bytes, int from, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    private void requireValid(String name, long compressed) throws CorruptFileException {
        boolean known = switch (colourType) {
            case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case 2, 4, 6 -> depth == 8 || depth == 16;
            default -> false;
        };
        if (!known) {
            throw new CorruptFileException(name + ": has colour type " + colourType + " with " + depth
                    + " bits, which PNG does not define.");
        }
        if (width < 1 || height < 1) {
            throw new CorruptFileException(name + ": is " + Integer.toUnsignedString(width) + " x " + Integer.toUnsignedString(height)
                    + ", needs 1 to 2^31 - 1 each.");
        }
        int samples = colourType == 2 ? 3 : colourType == 4 ? 2 : colourType == 6 ? 4 : 1;
        long row = Math.ceilDiv((long) width * samples * depth, 8);
        if (row > MOST_INFLATED * compressed / height) {
            throw new CorruptFileException(name + ": is " + width + " x " + height + ", which " + compressed
                    + " bytes of compressed data cannot hold." + TRUNCATED);
        }
    }
}
