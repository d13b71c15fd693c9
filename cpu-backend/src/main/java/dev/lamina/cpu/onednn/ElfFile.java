package dev.lamina.cpu.onednn;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The lengths that a Linux library states of itself. The system's loader does not compare them with the file's: it maps what is said to be
 * there, and touching a page behind the end kills the process (SIGBUS). Layout: System V ABI, ELF-64, little endian.
 */
final class ElfFile {
    private static final int MAGIC = 0x464c457f;
    private static final int HEADER = 64;
    private static final int SEGMENT = 56;
    private static final int LOADED = 1;

    private ElfFile() { }

    /** What is missing of a library, or empty: nothing, or it is none of this kind and the loader will say so. */
    static Optional<String> incomplete(Path library) {
        try (SeekableByteChannel file = Files.newByteChannel(library)) {
            long stated = stated(file);
            return stated > file.size() ? Optional.of("the file has " + file.size() + " bytes of " + stated + ", it was cut off")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of("it cannot be read: " + e.getMessage());
        }
    }

    private static long stated(SeekableByteChannel file) throws IOException {
        ByteBuffer header = read(file, 0, HEADER);
        if (header.limit() < HEADER || header.getInt(0) != MAGIC || header.get(4) != 2 || header.get(5) != 1) {
            return 0;
        }
        long segments = header.getLong(32);
        int count = Short.toUnsignedInt(header.getShort(56));
        long stated = Math.max(segments + (long) SEGMENT * count,
                header.getLong(40) + (long) Short.toUnsignedInt(header.getShort(58)) * Short.toUnsignedInt(header.getShort(60)));
        ByteBuffer table = read(file, segments, SEGMENT * count);
        for (int at = 0; at + SEGMENT <= table.limit(); at += SEGMENT) {
            if (table.getInt(at) == LOADED) {
                stated = Math.max(stated, table.getLong(at + 8) + table.getLong(at + 32));
            }
        }
        return stated;
    }

    private static ByteBuffer read(SeekableByteChannel file, long from, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.position(Math.max(0, from));
        while (buffer.hasRemaining() && file.read(buffer) >= 0) {
            // Until the end of the file at most.
        }
        return buffer.flip();
    }
}
