package dev.lamina.io;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens plain or gzip-compressed files, told apart by their first two bytes. */
final class InputFiles {
    private InputFiles() { }

    static InputStream open(Path file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            raw.mark(2);
            boolean zipped = raw.read() == 0x1f && raw.read() == 0x8b;
            raw.reset();
            return zipped ? new GZIPInputStream(raw, 1 << 16) : raw;
        } catch (ZipException | EOFException e) {
            raw.close();
            throw new CorruptFileException(file, "gzip header is damaged: " + e.getMessage() + ".", e);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /**
     * Reads at most {@code most} bytes, growing with what is really there.
     *
     * @throws CorruptFileException if the compressed data is damaged
     */
    static byte[] read(Path file, InputStream in, int most) throws IOException {
        try {
            return in.readNBytes(most);
        } catch (ZipException | EOFException e) {
            throw new CorruptFileException(file, "compressed data is damaged or truncated: " + e.getMessage() + ".", e);
        }
    }
}
