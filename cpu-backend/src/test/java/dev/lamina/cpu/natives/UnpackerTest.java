package dev.lamina.cpu.natives;

import static dev.lamina.cpu.natives.FakeNatives.DNNL;
import static dev.lamina.cpu.natives.FakeNatives.LINUX;
import static dev.lamina.cpu.natives.FakeNatives.OPEN_MP;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.BackendException;
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
        loader = FakeNatives.jar(temp, LINUX, DNNL);
    }

    private OneDnnFiles locate() {
        return FakeNatives.locator(temp, loader, Disk.REAL).locate();
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
        Path first = locate().dnnl();
        Object key = Files.getLastModifiedTime(first.getParent());
        OneDnnFiles second = FakeNatives.locator(temp, loader, FakeNatives.disk(0, 0)).locate();
        assertEquals(first, second.dnnl());
        assertEquals(key, Files.getLastModifiedTime(first.getParent()));
        assertEquals(1, left().size());
    }

    @Test
    void aTruncatedLibraryIsUnpackedAgain() throws IOException {
        Path library = locate().dnnl();
        try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "rw")) {
            file.setLength(1000);
        }
        assertTrue(Contents.problem(library.getParent()).orElseThrow().contains("libdnnl.so.3 has 1000 bytes instead of 300000"));
        assertArrayEquals(DNNL, Files.readAllBytes(locate().dnnl()));
        assertEquals(1, left().size());
    }

    @Test
    void aChangedByteIsFoundByItsTimeAndUnpackedAgain() throws IOException {
        OneDnnFiles files = locate();
        flip(files.openMp().orElseThrow(), 77);
        Files.setLastModifiedTime(files.openMp().orElseThrow(), FileTime.from(Instant.now().plusSeconds(5)));
        assertArrayEquals(OPEN_MP, Files.readAllBytes(locate().openMp().orElseThrow()));
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
    void aFileThatOnlyLostItsTimeIsKept() throws IOException {
        Path library = locate().dnnl();
        FileTime written = Files.getLastModifiedTime(library);
        Files.setLastModifiedTime(library, FileTime.from(Instant.EPOCH));
        OneDnnFiles again = FakeNatives.locator(temp, loader, FakeNatives.disk(0, 0)).locate();
        assertEquals(library, again.dnnl());
        assertEquals(written.toMillis(), Files.getLastModifiedTime(library).toMillis());
    }

    @Test
    void aFolderWithoutItsRecordIsUnpackedAgain() throws IOException {
        Path library = locate().dnnl();
        Files.delete(library.resolveSibling(Contents.FILE));
        Files.write(library, new byte[] {1});
        assertArrayEquals(DNNL, Files.readAllBytes(locate().dnnl()));
        Files.writeString(library.resolveSibling(Contents.FILE), "nonsense\n");
        assertTrue(Contents.problem(library.getParent()).orElseThrow().contains("nonsense"));
        assertArrayEquals(DNNL, Files.readAllBytes(locate().dnnl()));
    }

    @Test
    void aFullDiskNamesTheBytesAndATemporaryFolderServesInstead() throws IOException {
        IOException told = assertThrows(IOException.class, () -> unpacker(FakeNatives.disk(0, 12_288)).fill(temp));
        assertTrue(told.getMessage().contains("305,000 bytes are needed and 12,288 are free"), told.getMessage());
        Unpacker filling = unpacker(FakeNatives.disk(100_000, 1_000_000));
        IOException met = assertThrows(IOException.class, () -> filling.into(temp.resolve("natives")));
        assertTrue(met.getMessage().contains("No space left on device (305,000 bytes are needed"), met.getMessage());
        assertEquals(List.of(), left());

        OneDnnFiles files = FakeNatives.locator(temp, loader, FakeNatives.disk(400_000, 1_000_000)).locate();
        assertEquals(temp.resolve("natives").toRealPath(), files.dnnl().getParent().getParent());
    }

    private Unpacker unpacker(Disk disk) throws IOException {
        List<Bundled> libraries = new ArrayList<>();
        for (String name : List.of("libdnnl.so.3", "libgomp.so.1")) {
            libraries.add(Bundled.find(loader, LINUX, name).orElseThrow());
        }
        return new Unpacker(libraries, "key", disk);
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
        Locator full = FakeNatives.locator(temp, loader, FakeNatives.disk(0, 1_000));
        String text = assertThrows(BackendException.class, full::locate).getMessage();
        assertTrue(text.contains("cannot unpack into " + temp.resolve("natives") + ": 305,000 bytes are needed and 1,000 are free"), text);
        assertTrue(text.contains("nor into the temporary folder: 305,000 bytes"), text);
        assertTrue(text.contains("LAMINA_CACHE"), text);
    }

    @Test
    void aDamagedJarIsAnErrorThatNamesIt() throws IOException {
        Bundled sound = Bundled.find(loader, LINUX, "libdnnl.so.3").orElseThrow();
        Unpacker wrong = new Unpacker(List.of(new Bundled(sound.name(), sound.url(), sound.size(), sound.crc() ^ 1)), "key", Disk.REAL);
        String text = assertThrows(IOException.class, () -> wrong.into(temp.resolve("natives"))).getMessage();
        assertTrue(text.contains(".jar") && text.contains("is damaged"), text);
        assertEquals(List.of(), left());
    }

    @Test
    void leftoversOfKilledProcessesGoAfterADay() throws IOException {
        Path natives = OwnerOnly.folder(temp.resolve("natives"));
        Path old = Files.createDirectory(natives.resolve(".part-old"));
        Files.write(old.resolve("libdnnl.so.3"), new byte[10]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        Path young = Files.createDirectory(natives.resolve(".part-young"));
        locate();
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(young));
    }

    @Test
    void threadsThatStartTogetherGetTheSameSoundFiles() throws Exception {
        List<Callable<Path>> starts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            starts.add(() -> locate().dnnl());
        }
        List<Path> found = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (Future<Path> start : threads.invokeAll(starts)) {
                found.add(start.get());
            }
        }
        assertEquals(1, found.stream().distinct().count());
        assertArrayEquals(DNNL, Files.readAllBytes(found.getFirst()));
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
            OneDnnFiles files = FakeNatives.locator(folder, FakeNatives.jar(folder, LINUX, DNNL), Disk.REAL).locate();
            System.out.println(files.damage().isEmpty() ? "sound " + files.dnnl() : files.damage().get());
        }
    }
}
