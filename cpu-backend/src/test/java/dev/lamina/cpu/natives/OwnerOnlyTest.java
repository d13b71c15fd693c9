package dev.lamina.cpu.natives;

import static dev.lamina.cpu.natives.FakeNatives.DNNL;
import static dev.lamina.cpu.natives.FakeNatives.LINUX;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Nobody else may change the code that is loaded. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "POSIX permissions")
final class OwnerOnlyTest {
    @TempDir
    private Path temp;

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static String refusal(Path folder) {
        return assertThrows(IOException.class, () -> OwnerOnly.folder(folder)).getMessage();
    }

    private static long user(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid");
    }

    @Test
    void newFoldersAndFilesAreTheOwnersAlone() throws IOException {
        Path cache = temp.resolve("a").resolve("b");
        OneDnnFiles files = FakeNatives.locator(cache, FakeNatives.jar(temp, LINUX, DNNL), Disk.REAL).locate();
        for (Path folder : new Path[] {temp.resolve("a"), cache, cache.resolve("natives"), files.dnnl().getParent()}) {
            assertEquals("rwx------", mode(folder), folder::toString);
        }
        assertEquals("rw-------", mode(files.dnnl()));
        assertEquals("rw-------", mode(files.openMp().orElseThrow()));
        assertEquals("rw-------", mode(files.dnnl().resolveSibling(Contents.FILE)));
    }

    @Test
    void anOwnFolderThatIsTooOpenIsClosed() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("open"));
        mode(folder, "rwxrwxr-x");
        assertEquals(folder.toRealPath(), OwnerOnly.folder(folder));
        assertEquals("rwx------", mode(folder));
    }

    @Test
    void aFolderThatEveryoneCanWriteIsRefused() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("everyone"));
        mode(folder, "rwxrwxrwx");
        assertTrue(refusal(folder).contains(folder.toRealPath() + " can be written by everyone"));
        assertTrue(refusal(folder.resolve("below")).contains("can be written by everyone"));
    }

    @Test
    void somebodyElsesFolderAndLinkAreRefused() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("folder"));
        long other = user(folder) + 1000;
        String text = assertThrows(IOException.class, () -> OwnerOnly.folder(folder, other)).getMessage();
        assertTrue(text.contains("belongs to another user (id " + user(folder)), text);
        if (user(folder) != 0) {
            Path link = Files.createSymbolicLink(temp.resolve("link"), folder);
            text = assertThrows(IOException.class, () -> OwnerOnly.folder(link, other)).getMessage();
            assertTrue(text.contains("link belongs to another user"), text);
        }
        assertTrue(assertThrows(IOException.class, () -> OwnerOnly.check(folder, other)).getMessage().contains("another user"));
    }

    @Test
    void anOwnLinkToAnOwnFolderIsFollowed() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("folder"));
        Path link = Files.createSymbolicLink(temp.resolve("link"), folder);
        assertEquals(folder.toRealPath().resolve("natives"), OwnerOnly.folder(link.resolve("natives")));
    }

    @Test
    void aLinkInPlaceOfALibraryIsNotFollowed() throws IOException {
        ClassLoader loader = FakeNatives.jar(temp, LINUX, DNNL);
        Path library = FakeNatives.locator(temp, loader, Disk.REAL).locate().dnnl();
        Path planted = Files.write(temp.resolve("planted"), DNNL);
        Files.delete(library);
        Files.createSymbolicLink(library, planted);
        assertTrue(Contents.problem(library.getParent()).orElseThrow().contains("is a symbolic link"));
        OneDnnFiles again = FakeNatives.locator(temp, loader, Disk.REAL).locate();
        assertFalse(Files.isSymbolicLink(again.dnnl()));
        assertArrayEquals(DNNL, Files.readAllBytes(again.dnnl()));
        assertTrue(Files.exists(planted));
    }

    @Test
    void aLinkInPlaceOfTheFolderIsReplacedAndItsTargetKept() throws IOException {
        ClassLoader loader = FakeNatives.jar(temp, LINUX, DNNL);
        Path folder = FakeNatives.locator(temp, loader, Disk.REAL).locate().dnnl().getParent();
        Path elsewhere = temp.resolve("elsewhere");
        Files.move(folder, elsewhere);
        Files.createSymbolicLink(folder, elsewhere);
        FakeNatives.locator(temp, loader, Disk.REAL).locate();
        assertFalse(Files.isSymbolicLink(folder));
        assertTrue(Files.exists(elsewhere.resolve("libdnnl.so.3")));
    }

    @Test
    void aLibraryThatOthersCanWriteIsUnpackedAgain() throws IOException {
        ClassLoader loader = FakeNatives.jar(temp, LINUX, DNNL);
        Path library = FakeNatives.locator(temp, loader, Disk.REAL).locate().dnnl();
        mode(library, "rw-rw-rw-");
        FakeNatives.locator(temp, loader, Disk.REAL).locate();
        assertEquals("rw-------", mode(library));
    }
}
