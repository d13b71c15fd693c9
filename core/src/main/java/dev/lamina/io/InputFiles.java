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
    private static final int BUFFER = 1 << 14;

    private InputFiles() { }

    static InputStream open(Path file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        try {
            raw.mark(2);
            boolean zipped = raw.read() == 0x1f && raw.read() == 0x8b;
            raw.reset();
            return zipped ? new GZIPInputStream(raw, BUFFER) : raw;
        } catch (ZipException | EOFException e) {
            raw.close();
            throw new CorruptFileException(file, "gzip header is damaged: " + reason(e) + ". Fetch the file again.", e);
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
            throw new CorruptFileException(file, "compressed data is damaged or truncated: " + reason(e) + ". Fetch the file again.", e);
        }
    }

    /** What a library's exception says, which may be nothing, as part of a sentence. */
    static String reason(Exception e) {
        if (e instanceof EOFException) {
            return "it ends too early";
        }
        String message = e.getMessage();
        if (message == null || message.isBlank()) {
            return e.getClass().getSimpleName();
        }
        return brief(message.strip().replaceFirst("[.!]+$", ""));
    }

    /** Text out of a file, for a message: without control characters, and not long. */
    static String brief(String text) {
        String shown = text.length() > 200 ? text.substring(0, 200) + "..." : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
