package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    private Path dir;

    private List<String> names() throws IOException {
        try (var files = Files.list(dir)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void failedWriteLeavesTheOldFileAndNoPart() throws IOException {
        Path file = dir.resolve("kept");
        AtomicFiles.writeString(file, "old");
        for (Throwable failure : List.of(new IOException("disk full"), new IllegalStateException("bug"), new OutOfMemoryError("heap"))) {
            Throwable thrown = assertThrows(failure.getClass(), () -> AtomicFiles.write(file, out -> {
                out.write(new byte[1 << 17]);
                switch (failure) {
                    case IOException e -> throw e;
                    case RuntimeException e -> throw e;
                    case Error e -> throw e;
                    default -> throw new AssertionError(failure);
                }
            }));
            assertEquals(failure, thrown);
        }
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("kept"), names());
    }

    @Test
    void foldersAreMadeAndContentReplaced() throws IOException {
        Path file = dir.resolve("a/b/c.txt");
        AtomicFiles.writeString(file, "lang genug");
        AtomicFiles.writeString(file, "kürzer");
        assertEquals("kürzer", Files.readString(file));
    }

    @Test
    void partOfAKilledProcessDoesNoHarm() throws IOException {
        Path stale = Files.writeString(dir.resolve("model.part-1-1"), "half");
        AtomicFiles.writeString(dir.resolve("model"), "whole");
        assertEquals("whole", Files.readString(dir.resolve("model")));
        assertEquals("half", Files.readString(stale), "it may belong to a process that lives elsewhere");
    }

    @Test
    void readerSeesOneWholeContentWhileSeveralWrite() throws Exception {
        Path file = dir.resolve("shared");
        String[] contents = IntStream.range(0, 4).mapToObj(i -> String.valueOf((char) ('a' + i)).repeat(50_000)).toArray(String[]::new);
        AtomicFiles.writeString(file, contents[0]);
        List<Thread> writers = IntStream.range(0, 4).mapToObj(i -> Thread.ofPlatform().start(() -> {
            for (int round = 0; round < 5; round++) {
                try {
                    AtomicFiles.writeString(file, contents[i]);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        })).toList();
        boolean busy = true;
        while (busy) {
            busy = writers.stream().anyMatch(Thread::isAlive);
            String seen = Files.readString(file);
            assertEquals(contents[seen.charAt(0) - 'a'], seen);
        }
        assertEquals(List.of("shared"), names());
    }

    @Test
    void targetThatIsAFolderIsRefused() throws IOException {
        Files.createDirectories(dir.resolve("folder/inside"));
        assertThrows(IOException.class, () -> AtomicFiles.writeString(dir.resolve("folder"), "x"));
        assertEquals(List.of("folder"), names());
        assertTrue(Files.isDirectory(dir.resolve("folder/inside")));
        assertFalse(Files.exists(dir.resolve("x")));
    }
}
