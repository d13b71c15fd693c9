package dev.lamina.backend.natives;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where unpacked files are written. Tests put a full disk here. */
public interface Disk {
    /** The real one. */
    Disk REAL = new Disk() {
        @Override
        public OutputStream create(Path file) throws IOException {
            return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        @Override
        public long free(Path folder) throws IOException {
            return Files.getFileStore(folder).getUsableSpace();
        }
    };

    /** Opens a new file; fails where there is one. */
    OutputStream create(Path file) throws IOException;

    /** Bytes that may still be written below the folder. */
    long free(Path folder) throws IOException;
}
