package dev.lamina.samples.cli;

import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where run folders are. */
final class Runs {
    /** The folder in which runs are put unless told otherwise. */
    static final Path HOME = Path.of("runs");

    private Runs() { }

    /** The run that was written to last. */
    static Path latest() throws IOException {
        if (Files.isDirectory(HOME)) {
            try (Stream<Path> folders = Files.list(HOME)) {
                List<Path> runs = folders.filter(RunFolder::isRun).toList();
                if (!runs.isEmpty()) {
                    return runs.stream().max(Comparator.comparing(Runs::modified)).orElseThrow();
                }
            }
        }
        throw new IllegalArgumentException("no run folder given, and \"" + HOME + "\" holds none. Name one, or train first: lamina train.");
    }

    private static FileTime modified(Path run) {
        try {
            return Files.getLastModifiedTime(run.resolve("run.json"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
