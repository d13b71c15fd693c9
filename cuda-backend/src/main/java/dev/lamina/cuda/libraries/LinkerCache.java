package dev.lamina.cuda.libraries;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads what {@code ldconfig} has written: which file the system's loader takes for a library's name. Format of glibc 2.2 and later
 * (glibc, sysdeps/generic/dl-cache.h): 20 bytes of magic, the number of entries, three more words and padding to 48 bytes, then entries of
 * 24 bytes: flags, offsets of name and path from the start, and what the processor must be able to do.
 */
final class LinkerCache {
    static final Path FILE = Path.of("/etc/ld.so.cache");

    private static final byte[] MAGIC = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 48;
    private static final int ENTRY = 24;
    /** An ELF library for the C library of glibc on x86-64. */
    private static final int X86_64 = 0x0303;

    private LinkerCache() { }

    /** The path of the first x86-64 library of that name; empty where there is none, or no file of this format. */
    static Optional<Path> find(Path file, String name) {
        try {
            return find(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN), name);
        } catch (IOException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> find(ByteBuffer bytes, String name) {
        int start = start(bytes);
        byte[] wanted = (name + '\0').getBytes(StandardCharsets.UTF_8);
        int count = start < 0 ? 0 : bytes.getInt(start + MAGIC.length);
        for (int i = 0; i < count; i++) {
            int entry = start + HEADER + i * ENTRY;
            if (bytes.getInt(entry) == X86_64 && startsWith(bytes, start + bytes.getInt(entry + 4), wanted)) {
                return Optional.of(Path.of(text(bytes, start + bytes.getInt(entry + 8))));
            }
        }
        return Optional.empty();
    }

    /** Older systems put a table of an older format in front. */
    private static int start(ByteBuffer bytes) {
        for (int start = 0; start <= bytes.limit() - HEADER; start += 8) {
            if (startsWith(bytes, start, MAGIC)) {
                return start;
            }
        }
        return -1;
    }

    private static boolean startsWith(ByteBuffer bytes, int at, byte[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (bytes.get(at + i) != wanted[i]) {
                return false;
            }
        }
        return true;
    }

    private static String text(ByteBuffer bytes, int start) {
        int end = start;
        while (bytes.get(end) != 0) {
            end++;
        }
        return StandardCharsets.UTF_8.decode(bytes.slice(start, end - start)).toString();
    }
}
