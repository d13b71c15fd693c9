package dev.lamina.samples.runs;

import dev.lamina.train.RunFolder;
import dev.lamina.train.RunInfo;
import dev.lamina.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/** A folder among runs. Immutable and thread-safe. */
public sealed interface RunEntry {
    /** The folder. */
    Path folder();

    /** {@code finished}, {@code stopped}, {@code damaged} or {@code foreign}. */
    String state();

    /** The folder's name. */
    default String name() {
        return folder().toAbsolutePath().normalize().getFileName().toString();
    }

    /**
     * A run that can be read.
     *
     * @param changed when its record was written last, UTC, to the second
     */
    record Readable(Path folder, RunInfo run, Instant changed) implements RunEntry {
        @Override
        public String state() {
            return run.finished() ? "finished" : "stopped";
        }
    }

    /** A folder that is no run, or whose run cannot be read, and why. */
    record Unreadable(Path folder, String state, String reason) implements RunEntry { }

    /**
     * The run of a folder.
     *
     * @param verify whether to read the weights too, with their checksum where there is one
     */
    static RunEntry of(Path folder, boolean verify) {
        if (!RunFolder.isRun(folder)) {
            return new Unreadable(folder, "foreign", "no run of train: run.json is missing");
        }
        try {
            RunInfo run = RunFolder.info(folder);
            if (verify) {
                RunFolder.open(folder);
            }
            Instant changed = Files.getLastModifiedTime(folder.resolve("run.json")).toInstant();
            return new Readable(folder, run, changed.truncatedTo(ChronoUnit.SECONDS));
        } catch (IOException | TrainingException | IllegalArgumentException | NullPointerException e) {
            String prefix = "run folder \"" + folder + "\": ";
            String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new Unreadable(folder, "damaged", message.startsWith(prefix) ? message.substring(prefix.length()) : message);
        }
    }

    /**
     * The folders in a folder, by name; hidden ones are passed over. A folder that is a run itself is the only entry.
     *
     * @throws IOException if it cannot be listed
     */
    static List<RunEntry> in(Path home, boolean verify) throws IOException {
        if (RunFolder.isRun(home)) {
            return List.of(of(home, verify));
        }
        try (Stream<Path> folders = Files.list(home)) {
            return folders.filter(f -> Files.isDirectory(f) && !f.getFileName().toString().startsWith(".")).sorted()
                    .map(f -> of(f, verify)).toList();
        }
    }
}
