package dev.lamina.cpu.natives;

import static dev.lamina.cpu.natives.FakeNatives.DNNL;
import static dev.lamina.cpu.natives.FakeNatives.LINUX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Disk;
import dev.lamina.backend.natives.FakeFiles;
import dev.lamina.backend.natives.Folders;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said when an unpacked library does not load or cannot be unpacked. */
final class OneDnnFilesTest {
    @TempDir
    private Path temp;
    private ClassLoader loader;

    @BeforeEach
    void pack() throws IOException {
        loader = FakeNatives.jar(temp, LINUX, DNNL);
    }

    private OneDnnFiles locate() {
        return FakeNatives.locator(temp, loader, Disk.REAL).locate();
    }

    private static void flip(Path file, long position) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(position);
            int old = bytes.read();
            bytes.seek(position);
            bytes.write(old ^ 1);
        }
    }

    @Test
    void aChangedByteUnderTheOldTimeIsFoundByTheFullCheckAndWhenLoadingFails() throws IOException {
        OneDnnFiles files = locate();
        FileTime time = Files.getLastModifiedTime(files.dnnl());
        flip(files.dnnl(), 77);
        Files.setLastModifiedTime(files.dnnl(), time);
        assertEquals(files.dnnl(), locate().dnnl());
        assertTrue(files.damage().orElseThrow().contains("SHA-256 differs"));
        BackendException failure = files.cannotLoad(new IllegalArgumentException("invalid ELF header"));
        assertTrue(failure.getMessage().contains("invalid ELF header"), failure.getMessage());
        assertTrue(failure.getMessage().contains("SHA-256 differs"), failure.getMessage());
        assertArrayEquals(DNNL, Files.readAllBytes(locate().dnnl()));
    }

    @Test
    void aSoundLibraryThatDoesNotLoadStays() {
        OneDnnFiles files = locate();
        BackendException failure = files.cannotLoad(new UnsatisfiedLinkError("libstdc++.so.6: cannot open shared object file"));
        assertTrue(failure.getMessage().contains(files.dnnl() + " ("), failure.getMessage());
        assertTrue(failure.getMessage().contains("libstdc++.so.6: cannot open"), failure.getMessage());
        assertFalse(failure.hint().isEmpty());
        assertTrue(Files.exists(files.dnnl()));
    }

    @Test
    void aCacheThatIsNoFolderIsPassedOverForATemporaryOne() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "no folder");
        OneDnnFiles files = FakeNatives.locator(file, loader, Disk.REAL).locate();
        assertArrayEquals(DNNL, Files.readAllBytes(files.dnnl()));
        assertFalse(files.dnnl().startsWith(temp));
        assertTrue(files.describe().contains("temporary"), files.describe());
        Folders.delete(files.dnnl().getParent());
    }

    @Test
    void withNoRoomAnywhereTheErrorGivesBothReasons() {
        Locator full = FakeNatives.locator(temp, loader, FakeFiles.disk(0, 1_000));
        String text = assertThrows(BackendException.class, full::locate).getMessage();
        assertTrue(text.contains("cannot unpack into " + temp.resolve("natives") + ": 305,000 bytes are needed and 1,000 are free"), text);
        assertTrue(text.contains("nor into the temporary folder: 305,000 bytes"), text);
        assertTrue(text.contains("LAMINA_CACHE"), text);
    }
}
