package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A short run of the linear model on generated digits, made once, and copies of it to damage. */
final class MadeRun {
    private final Path path;

    private MadeRun(Path path) {
        this.path = path;
    }

    static MadeRun in(Path dir, String... more) {
        Path run = dir.resolve("made");
        Outcome outcome = Outcome.of(Outcome.join(new String[] {"train", "--backend", "reference", "--model", "linear", "--train-limit",
            "200", "--epochs", "2", "--out", run.toString()}, more));
        assertEquals(0, outcome.exit(), outcome.err());
        return new MadeRun(run);
    }

    Path path() {
        return path;
    }

    Path copy(Path to) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(path.relativize(file).toString()));
            }
        }
        return to;
    }

    /** A copy whose record has one text replaced. */
    Path edited(Path to, String text, String other) throws IOException {
        Path record = copy(to).resolve("run.json");
        String whole = Files.readString(record);
        assertEquals(2, whole.split(text, 2).length, "record has " + text);
        Files.writeString(record, whole.replaceFirst(text, other));
        return to;
    }
}
