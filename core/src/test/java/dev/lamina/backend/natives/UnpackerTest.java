package dev.lamina.backend.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unpacking: once, whole, again when damaged, elsewhere when the cache cannot serve. */
final class UnpackerTest {
    @TempDir
    private Path temp;
    private ClassLoader loader;

    @BeforeEach
    void pack() throws IOException {
        loader = FakeFiles.libraries(temp);
    }

    private Path unpack() throws IOException {
        return FakeFiles.unpacker(loader, Disk.REAL).into(temp.resolve("natives"));
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("natives"))) {
            return files.map(file -> file.getFileName().toString()).filter(name -> !name.equals(".lock")).toList();
        }
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
    void theSecondStartWritesNothing() throws IOException {
        Path first = unpack();
        Object key = Files.getLastModifiedTime(first);
        assertEquals(first, FakeFiles.unpacker(loader, FakeFiles.disk(0, 0)).into(temp.resolve("natives")));
        assertEquals(key, Files.getLastModifiedTime(first));
        assertEquals(1, left().size());
    }

    @Test
    void aTruncatedLibraryIsUnpackedAgain() throws IOException {
        Path library = unpack().resolve(FakeFiles.ONE);
        try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "rw")) {
            file.setLength(1000);
        }
        assertTrue(Contents.problem(library.getParent()).orElseThrow().contains(FakeFiles.ONE + " has 1000 bytes instead of 300000"));
        assertArrayEquals(FakeFiles.BYTES_ONE, Files.readAllBytes(unpack().resolve(FakeFiles.ONE)));
        assertEquals(1, left().size());
    }

    @Test
    void aChangedByteIsFoundByItsTimeAndUnpackedAgain() throws IOException {
        Path library = unpack().resolve(FakeFiles.TWO);
        flip(library, 77);
        Files.setLastModifiedTime(library, FileTime.from(Instant.now().plusSeconds(5)));
        assertArrayEquals(FakeFiles.BYTES_TWO, Files.readAllBytes(unpack().resolve(FakeFiles.TWO)));
    }

    @Test
    void aFileThatOnlyLostItsTimeIsKept() throws IOException {
        Path library = unpack().resolve(FakeFiles.ONE);
        FileTime written = Files.getLastModifiedTime(library);
        Files.setLastModifiedTime(library, FileTime.from(Instant.EPOCH));
        Path again = FakeFiles.unpacker(loader, FakeFiles.disk(0, 0)).into(temp.resolve("natives"));
        assertEquals(library.getParent(), again);
        assertEquals(written.toMillis(), Files.getLastModifiedTime(library).toMillis());
    }

    @Test
    void aFolderWithoutItsRecordIsUnpackedAgain() throws IOException {
        Path library = unpack().resolve(FakeFiles.ONE);
        Files.delete(library.resolveSibling(Contents.FILE));
        Files.write(library, new byte[] {1});
        assertArrayEquals(FakeFiles.BYTES_ONE, Files.readAllBytes(unpack().resolve(FakeFiles.ONE)));
        Files.writeString(library.resolveSibling(Contents.FILE), "nonsense\n");
        assertTrue(Contents.problem(library.getParent()).orElseThrow().contains("nonsense"));
        assertArrayEquals(FakeFiles.BYTES_ONE, Files.readAllBytes(unpack().resolve(FakeFiles.ONE)));
    }

    @Test
    void aFullDiskNamesTheBytesAndATemporaryFolderServesInstead() throws IOException {
        Unpacker full = FakeFiles.unpacker(loader, FakeFiles.disk(0, 12_288));
        IOException told = assertThrows(IOException.class, () -> full.fill(temp));
        assertTrue(told.getMessage().contains("305,000 bytes are needed and 12,288 are free"), told.getMessage());
        Unpacker filling = FakeFiles.unpacker(loader, FakeFiles.disk(100_000, 1_000_000));
        IOException met = assertThrows(IOException.class, () -> filling.into(temp.resolve("natives")));
        assertTrue(met.getMessage().contains("No space left on device (305,000 bytes are needed"), met.getMessage());
        assertEquals(List.of(), left());

        Unpacker.Unpacked place = FakeFiles.unpacker(loader, FakeFiles.disk(400_000, 1_000_000))
                .intoOrTemporary(temp.resolve("natives"));
        assertEquals(temp.resolve("natives").toRealPath(), place.folder().getParent());
        assertTrue(place.refused().isEmpty());
    }

    @Test
    void aCacheThatIsNoFolderIsPassedOverForATemporaryOne() throws IOException {
        Path file = Files.writeString(temp.resolve("file"), "no folder");
        Unpacker.Unpacked place = FakeFiles.unpacker(loader, Disk.REAL).intoOrTemporary(file);
        assertArrayEquals(FakeFiles.BYTES_ONE, Files.readAllBytes(place.folder().resolve(FakeFiles.ONE)));
        assertFalse(place.folder().startsWith(temp));
        assertTrue(place.refused().orElseThrow().contains("cannot unpack into " + file));
        Folders.delete(place.folder());
    }

    @Test
    void aDamagedJarIsAnErrorThatNamesIt() throws IOException {
        Bundled sound = Bundled.find(loader, FakeFiles.RESOURCES + FakeFiles.ONE).orElseThrow();
        Unpacker wrong = new Unpacker(List.of(new Bundled(sound.name(), sound.url(), sound.size(), sound.crc() ^ 1)), "key", "fakes",
                Disk.REAL);
        String text = assertThrows(IOException.class, () -> wrong.into(temp.resolve("natives"))).getMessage();
        assertTrue(text.contains(".jar") && text.contains("is damaged"), text);
        assertEquals(List.of(), left());
    }

    @Test
    void leftoversOfKilledProcessesGoAfterADay() throws IOException {
        Path natives = OwnerOnly.folder(temp.resolve("natives"));
        Path old = Files.createDirectory(natives.resolve(".part-old"));
        Files.write(old.resolve(FakeFiles.ONE), new byte[10]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        Path young = Files.createDirectory(natives.resolve(".part-young"));
        unpack();
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young));
    }

    @Test
    void threadsThatStartTogetherGetTheSameSoundFiles() throws Exception {
        List<Callable<Path>> starts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            starts.add(() -> unpack().resolve(FakeFiles.ONE));
        }
        List<Path> found = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Path> start : threads.invokeAll(starts)) {
                found.add(start.get());
            }
        }
        assertEquals(1, found.stream().distinct().count());
        assertArrayEquals(FakeFiles.BYTES_ONE, Files.readAllBytes(found.getFirst()));
        assertEquals(1, left().size());
    }

    @Test
    void processesThatStartTogetherGetTheSameSoundFiles() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), "-Djava.io.tmpdir=" + temp, OtherProcess.class.getName(), temp.toString())
                    .redirectErrorStream(true).redirectOutput(new File(temp.toFile(), "out" + i)).start());
        }
        for (int i = 0; i < processes.size(); i++) {
            int number = i;
            assertEquals(0, processes.get(i).waitFor(), () -> "process " + number + " in " + temp);
            assertTrue(Files.readString(temp.resolve("out" + i)).contains("sound " + temp.resolve("natives").toRealPath()));
        }
        assertEquals(1, left().size());
    }

    /** What each of the processes runs. */
    static final class OtherProcess {
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            Path unpacked = FakeFiles.unpacker(FakeFiles.libraries(folder), Disk.REAL).into(folder.resolve("natives"));
            System.out.println(Contents.damage(unpacked).orElse("sound " + unpacked));
        }
    }
}
