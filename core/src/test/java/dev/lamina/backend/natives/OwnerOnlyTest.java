package dev.lamina.backend.natives;

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

    private static Path unpack(ClassLoader loader, Path cache) throws IOException {
        return FakeFiles.unpacker(loader, Disk.REAL).into(cache);
    }

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
        Path unpacked = unpack(FakeFiles.libraries(temp), cache);
        for (Path folder : new Path[] {temp.resolve("a"), cache, unpacked}) {
            assertEquals("rwx------", mode(folder), folder::toString);
        }
        assertEquals("rw-------", mode(unpacked.resolve(FakeFiles.ONE)));
        assertEquals("rw-------", mode(unpacked.resolve(FakeFiles.TWO)));
        assertEquals("rw-------", mode(unpacked.resolve(Contents.FILE)));
    }

    @Test
    void anOwnFolderThatIsTooOpenIsClosed() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("open"));
        mode(folder, "rwxrwxr-x");
        assertEquals(folder.toRealPath(), OwnerOnly.folder(folder));
        assertEquals("rwx------", mode(folder));
    }

    @Test
    void anOwnFolderThatIsReadOnlyStaysSo() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("closed"));
        mode(folder, "r-xr-x---");
        OwnerOnly.folder(folder);
        assertEquals("r-x------", mode(folder));
        mode(folder, "rwx------");
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
        ClassLoader loader = FakeFiles.libraries(temp);
        Path library = unpack(loader, temp.resolve("natives")).resolve(FakeFiles.ONE);
        Path planted = Files.write(temp.resolve("planted"), FakeFiles.BYTES_ONE);
        Files.delete(library);
        Files.createSymbolicLink(library, planted);
        assertTrue(Contents.problem(library.getParent()).orElseThrow().contains("is a symbolic link"));
        Path again = unpack(loader, temp.resolve("natives")).resolve(FakeFiles.ONE);
        assertFalse(Files.isSymbolicLink(again));
        assertArrayEquals(FakeFiles.BYTES_ONE, Files.readAllBytes(again));
        assertTrue(Files.exists(planted));
    }

    @Test
    void aLinkInPlaceOfTheFolderIsReplacedAndItsTargetKept() throws IOException {
        ClassLoader loader = FakeFiles.libraries(temp);
        Path folder = unpack(loader, temp.resolve("natives"));
        Path elsewhere = temp.resolve("elsewhere");
        Files.move(folder, elsewhere);
        Files.createSymbolicLink(folder, elsewhere);
        unpack(loader, temp.resolve("natives"));
        assertFalse(Files.isSymbolicLink(folder));
        assertTrue(Files.exists(elsewhere.resolve(FakeFiles.ONE)));
    }

    @Test
    void aLibraryThatOthersCanWriteIsUnpackedAgain() throws IOException {
        ClassLoader loader = FakeFiles.libraries(temp);
        Path library = unpack(loader, temp.resolve("natives")).resolve(FakeFiles.ONE);
        mode(library, "rw-rw-rw-");
        unpack(loader, temp.resolve("natives"));
        assertEquals("rw-------", mode(library));
    }
}
