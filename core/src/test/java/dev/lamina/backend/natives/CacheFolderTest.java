package dev.lamina.backend.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that can be made again: kept whole, for the owner alone, and not at all where the folder cannot serve. */
final class CacheFolderTest {
    private static final byte[] BYTES = FakeFiles.bytes(10_000, 3);

    @TempDir
    private Path temp;

    private List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith(".lock")).sorted().toList();
        }
    }

    @Test
    void whatIsWrittenIsReadUntilItIsRemoved() throws IOException {
        CacheFolder cache = CacheFolder.at(temp.resolve("kernels"));
        assertEquals(Optional.empty(), cache.read("a"));
        cache.write("a", BYTES);
        cache.write("a", new byte[] {1});
        assertArrayEquals(new byte[] {1}, cache.read("a").orElseThrow());
        assertEquals(List.of("a"), files(temp.resolve("kernels")));
        assertEquals(Optional.empty(), cache.problem());
        cache.remove("a");
        assertEquals(Optional.empty(), cache.read("a"));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "POSIX permissions")
    void folderAndFilesAreTheOwnersAlone() throws IOException {
        CacheFolder cache = CacheFolder.at(temp.resolve("kernels"));
        cache.write("a", BYTES);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("kernels"))));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("kernels").resolve("a"))));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "POSIX permissions")
    void aFileThatOthersCanWriteIsNotRead() throws IOException {
        CacheFolder cache = CacheFolder.at(temp);
        cache.write("a", BYTES);
        Files.setPosixFilePermissions(temp.resolve("a"), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertEquals(Optional.empty(), cache.read("a"));
        cache.write("a", BYTES);
        assertArrayEquals(BYTES, cache.read("a").orElseThrow());
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "POSIX permissions")
    void aFolderThatEveryoneCanWriteIsNotUsedAndSaysSo() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        CacheFolder cache = CacheFolder.at(folder);
        cache.write("a", BYTES);
        assertEquals(Optional.empty(), cache.read("a"));
        assertEquals(7, cache.locked("a", () -> 7));
        String problem = cache.problem().orElseThrow();
        assertTrue(problem.contains("can be written by everyone") && problem.contains("LAMINA_CACHE"), problem);
        assertEquals(List.of(), files(folder));
    }

    @Test
    void aPlaceThatIsNoFolderIsNotUsedAndSaysSo() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "no folder");
        CacheFolder cache = CacheFolder.at(file.resolve("kernels"));
        cache.write("a", BYTES);
        assertEquals(Optional.empty(), cache.read("a"));
        assertTrue(cache.problem().orElseThrow().contains("cannot serve"));
    }

    @Test
    void aDiskThatTakesNothingLeavesNoHalfFileAndSaysSo() throws IOException {
        CacheFolder cache = CacheFolder.at(temp, FakeFiles.disk(5_000, 5_000));
        cache.write("a", BYTES);
        assertEquals(Optional.empty(), cache.read("a"));
        assertTrue(cache.problem().orElseThrow().contains("cannot be written: No space left on device"));
        assertEquals(List.of(), files(temp));
    }

    @Test
    void aFolderThatCanOnlyBeReadIsRead() {
        CacheFolder.at(temp).write("a", BYTES);
        CacheFolder cache = CacheFolder.at(temp, FakeFiles.disk(0, 0));
        cache.write("b", BYTES);
        assertArrayEquals(BYTES, cache.read("a").orElseThrow());
        assertEquals(Optional.empty(), cache.read("b"));
        assertTrue(cache.problem().isPresent());
    }

    @Test
    void threadsUnderOneLockMakeAFileOnceEvenThroughSeveralObjects() throws Exception {
        List<String> made = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<byte[]>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                results.add(threads.submit(() -> make(CacheFolder.at(temp), made)));
            }
            for (Future<byte[]> result : results) {
                assertArrayEquals(BYTES, result.get());
            }
        }
        assertEquals(List.of("made"), made);
    }

    @Test
    void aLockInsideALockDoesNotWaitForItself() {
        CacheFolder cache = CacheFolder.at(temp);
        assertEquals(5, cache.locked("a", () -> cache.locked("a", () -> 5)));
    }

    @Test
    void processesUnderOneLockMakeAFileOnce() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), OtherProcess.class.getName(), temp.resolve("kernels").toString())
                    .redirectErrorStream(true).redirectOutput(new File(temp.toFile(), "out" + i)).start());
        }
        int made = 0;
        for (int i = 0; i < processes.size(); i++) {
            assertEquals(0, processes.get(i).waitFor());
            String out = Files.readString(temp.resolve("out" + i), StandardCharsets.UTF_8);
            assertFalse(out.contains("wrong"), out);
            made += out.contains("made") ? 1 : 0;
        }
        assertEquals(1, made);
    }

    private static byte[] make(CacheFolder cache, List<String> made) {
        return cache.locked("a", () -> cache.read("a").orElseGet(() -> {
            made.add("made");
            cache.write("a", BYTES);
            return BYTES;
        }));
    }

    /** What each of the processes runs. */
    static final class OtherProcess {
        public static void main(String[] arguments) {
            List<String> made = new ArrayList<>();
            byte[] bytes = make(CacheFolder.at(Path.of(arguments[0])), made);
            System.out.println((bytes.length == BYTES.length ? "right " : "wrong ") + made);
        }
    }
}
