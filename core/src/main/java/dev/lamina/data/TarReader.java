package dev.lamina.data;

import dev.lamina.io.CorruptFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads the members of a tar archive (POSIX ustar and GNU, regular files) one after the other. Allocates nothing that the archive merely
 * claims. Not thread-safe.
 */
final class TarReader {
    private static final int BLOCK = 512;

    private final Path file;
    private final InputStream in;
    private final byte[] header = new byte[BLOCK];
    private long position;
    private long left;
    private long padding;

    /**
     * A member of the archive.
     *
     * @param path name with folders, as stored
     * @param size bytes of its content
     * @param file whether it is a regular file
     */
    record Member(String path, long size, boolean file) {
        /** The name without folders. */
        String fileName() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /** Reads the unpacked archive from {@code in}; {@code file} is for messages. */
    TarReader(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /**
     * The next member, or null after the last. Whatever was left of the one before is skipped.
     *
     * @throws CorruptFileException if the archive is cut short or a header is malformed
     */
    Member next() throws IOException {
        skip(left + padding);
        left = 0;
        padding = 0;
        long at = position;
        int read = in.readNBytes(header, 0, BLOCK);
        position += read;
        if (read == 0 && at > 0 || read == BLOCK && isZero()) {
            return null;
        }
        if (read < BLOCK) {
            throw corrupt(at, "the header has " + read + " of " + BLOCK + " bytes");
        }
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        long stored = octal(148, 8, at, "checksum");
        if (sum != stored) {
            throw corrupt(at, "the header has checksum " + sum + ", it says " + stored);
        }
        long size = octal(124, 12, at, "size");
        char type = (char) header[156];
        String path = text(0, 100);
        if (text(257, 5).equals("ustar") && header[262] == 0 && header[345] != 0) {
            path = text(345, 155) + "/" + path;
        }
        left = size;
        padding = -size & (BLOCK - 1);
        return new Member(path, size, type == '0' || type == 0);
    }

    /**
     * Reads content of the current member into the buffer; -1 at its end.
     *
     * @throws CorruptFileException if the archive ends within the member
     */
    int read(byte[] buffer) throws IOException {
        if (left == 0) {
            return -1;
        }
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
            throw corrupt(position, "the archive ends " + left + " bytes before the end of a member");
        }
        position += read;
        left -= read;
        return read;
    }

    private void skip(long bytes) throws IOException {
        long rest = bytes;
        while (rest > 0) {
            int read = in.read(header, 0, (int) Math.min(BLOCK, rest));
            if (read < 0) {
                throw corrupt(position, "the archive ends " + rest + " bytes before the end of a member");
            }
            position += read;
            rest -= read;
        }
    }

    private boolean isZero() {
        for (byte value : header) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private String text(int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    /** A number in octal digits, after blanks, up to a blank or zero byte. */
    private long octal(int from, int length, long at, String field) throws CorruptFileException {
        String digits = text(from, length).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw corrupt(at, "the " + field + " \"" + digits.replaceAll("[^ -~]", "?") + "\" is not an octal number");
        }
        return Long.parseLong(digits, 8);
    }

    private CorruptFileException corrupt(long at, String fact) {
        return new CorruptFileException(file, fact + ", at byte " + at + " of the unpacked archive. Delete " + file
                + " and fetch it again.");
    }
}
